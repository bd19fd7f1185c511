import type { Plugin } from '@lamphouse/sdk';
import { Badge, CopyText, DateTime, Grid, KeyValueList, Section } from '@lamphouse/ui';
import { TriangleAlert } from 'lucide-react';
import { t } from '../../lib/messages';
import { TabBody } from './tab-body';
import { UpgradeReview } from './upgrade-review';

export function OverviewTab({ plugin }: { plugin: Plugin }) {
  return (
    <TabBody label={t('plugins.overview')}>
      {plugin.reason && plugin.state !== 'healthy' ? (
        <div className="lh-tint lh-tone-warn flex items-start gap-2 rounded-card px-3 py-2">
          <TriangleAlert size={16} aria-hidden className="mt-px shrink-0" />
          <div className="min-w-0">
            <p className="font-medium">{plugin.reason}</p>
            {plugin.last_trap ? <p className="font-mono text-small break-words">{plugin.last_trap}</p> : null}
          </div>
        </div>
      ) : null}
      {plugin.pending_upgrade ? <UpgradeReview plugin={plugin} upgrade={plugin.pending_upgrade} /> : null}
      <Grid columns={2}>
        <Section title={t('plugins.about')}>
          <p className="mb-3">{plugin.description}</p>
          <KeyValueList
            items={[
              { label: t('plugins.version'), value: plugin.version },
              { label: t('plugins.publisher'), value: plugin.publisher },
              { label: t('plugins.licence'), value: plugin.license },
              { label: t('plugins.installed2'), value: <DateTime at={plugin.installed_at} /> },
              { label: t('plugins.updated'), value: <DateTime at={plugin.updated_at} /> },
              {
                label: t('plugins.package'),
                value: <CopyText value={plugin.package_hash} label={t('plugins.packageDigest')} />,
              },
              { label: t('plugins.id'), value: <CopyText value={plugin.id} label={t('plugins.pluginId')} /> },
            ]}
          />
        </Section>
        <Section title={t('plugins.pages')}>
          {plugin.ui ? <Pages ui={plugin.ui} /> : <p className="text-muted">{t('plugins.itHasNoPages')}</p>}
        </Section>
        <Section title={t('plugins.jobs')} flush>
          <Rows
            none={t('plugins.itRunsNoJobs')}
            rows={plugin.jobs.map((job) => ({
              id: job.kind,
              left: job.title,
              right: t('plugins.atATime', { lane: job.lane ?? job.kind, most: job.concurrency }),
            }))}
          />
        </Section>
        <Section title={t('plugins.routes')} flush>
          <Rows
            none={t('plugins.itServesNoRoutes')}
            rows={plugin.routes.map((route) => ({
              id: `${route.method} ${route.path}`,
              left: (
                <code className="font-mono text-small break-all">
                  {route.method} {route.path}
                </code>
              ),
              right: route.permission,
            }))}
          />
        </Section>
      </Grid>
    </TabBody>
  );
}

function Pages({ ui }: { ui: NonNullable<Plugin['ui']> }) {
  return (
    <div className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={ui.mode === 'inline' ? 'warn' : 'ok'}>
          {ui.mode === 'inline' ? t('plugins.inThePage') : t('plugins.inAFrame')}
        </Badge>
        <span className="text-muted">
          {ui.mode === 'inline' ? t('plugins.itsScriptsRunInsideThe') : t('plugins.itsScriptsRunApartFrom')}
        </span>
      </p>
      <ul>
        {ui.pages.map((page) => (
          <li key={page.id} className="flex min-h-7 items-center justify-between gap-3">
            <span>{page.title}</span>
            <code className="font-mono text-small text-muted">{page.path}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Rows({ rows, none }: { rows: { id: string; left: React.ReactNode; right: string }[]; none: string }) {
  if (rows.length === 0) return <p className="p-4 text-muted">{none}</p>;
  return (
    <ul className="divide-y divide-line">
      {rows.map((row) => (
        <li key={row.id} className="flex min-h-8 items-center justify-between gap-3 px-4 py-1">
          <span className="min-w-0">{row.left}</span>
          <span className="shrink-0 text-muted">{row.right}</span>
        </li>
      ))}
    </ul>
  );
}
