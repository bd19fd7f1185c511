import type { Capability, Plugin } from '@lamphouse/sdk';
import { Badge, Button, DateTime, Status } from '@lamphouse/ui';
import { Check, X } from 'lucide-react';
import { confirm } from '../../lib/confirm';
import { t } from '../../lib/messages';
import { useSession } from '../../lib/session';
import { RiskBadge } from './plugin-state';
import { ScopeList } from './scope-list';
import { TabBody } from './tab-body';
import { useGrant, useRevoke } from './use-plugin-actions';

const HEAD = 'px-3 py-2 text-left text-small font-medium text-muted';

/** Capability by scope in plain words: what it asks for, why, what it holds. */
export function GrantsTab({ plugin }: { plugin: Plugin }) {
  if (plugin.capabilities.length === 0) {
    return (
      <TabBody label={t('plugins.grants')}>
        <p className="text-muted">{t('plugins.thisPluginAsksForNothing')}</p>
      </TabBody>
    );
  }
  return (
    <TabBody label={t('plugins.grants')}>
      <div className="overflow-x-auto rounded-card border border-line bg-surface">
        <table className="w-full max-md:block">
          <caption className="sr-only">{t('plugins.rightsOf', { name: plugin.name })}</caption>
          <thead className="border-b border-line max-md:hidden">
            <tr>
              <th scope="col" className={HEAD}>
                {t('plugins.itAsksTo')}
              </th>
              <th scope="col" className={HEAD}>
                {t('plugins.scopeItAsksFor')}
              </th>
              <th scope="col" className={HEAD}>
                {t('plugins.scopeItHolds')}
              </th>
              <th scope="col" className={HEAD}>
                {t('plugins.state')}
              </th>
              <th scope="col" className={HEAD}>
                <span className="sr-only">{t('plugins.action')}</span>
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line max-md:block">
            {plugin.capabilities.map((capability) => (
              <GrantRow key={capability.interface} plugin={plugin} capability={capability} />
            ))}
          </tbody>
        </table>
      </div>
    </TabBody>
  );
}

const CELL = 'px-3 py-2.5 align-top max-md:block max-md:py-1';

function GrantRow({ plugin, capability }: { plugin: Plugin; capability: Capability }) {
  return (
    <tr className="max-md:block max-md:py-2">
      <th scope="row" className={`${CELL} max-w-96 text-left font-normal`}>
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{capability.title}</span>
          <RiskBadge risk={capability.risk} />
          {capability.optional ? <Badge>{t('plugins.optional')}</Badge> : null}
        </span>
        <span className="mt-0.5 block text-muted">{capability.reason}</span>
        <code className="font-mono text-small text-muted">{capability.interface}</code>
      </th>
      <td className={CELL}>
        <span className="text-small text-muted md:hidden">{t('plugins.asksFor')} </span>
        <ScopeList scopes={capability.requested} />
      </td>
      <td className={CELL}>
        <span className="text-small text-muted md:hidden">{t('plugins.holds')} </span>
        {capability.granted ? (
          <ScopeList scopes={capability.allowed} />
        ) : (
          <span className="text-muted">{t('plugins.nothing')}</span>
        )}
      </td>
      <td className={CELL}>
        <GrantState capability={capability} />
      </td>
      <td className={`${CELL} text-right max-md:text-left`}>
        <GrantAction plugin={plugin} capability={capability} />
      </td>
    </tr>
  );
}

function GrantState({ capability }: { capability: Capability }) {
  return (
    <div className="flex flex-col gap-0.5">
      {capability.granted ? (
        <Status state="ok" label={t('plugins.granted')} />
      ) : (
        <Status
          state={capability.optional ? 'disabled' : 'warn'}
          label={capability.optional ? t('plugins.notGranted') : t('plugins.neededNotGranted')}
        />
      )}
      {capability.granted_by ? (
        <span className="text-small text-muted">
          {t('plugins.by', { name: capability.granted_by })}
          {capability.granted_at ? (
            <>
              , <DateTime at={capability.granted_at} />
            </>
          ) : null}
        </span>
      ) : null}
      {capability.denials > 0 ? (
        <Status state="bad" label={t('plugins.callsDenied', { count: capability.denials })} />
      ) : null}
    </div>
  );
}

function GrantAction({ plugin, capability }: { plugin: Plugin; capability: Capability }) {
  const { can } = useSession();
  const grant = useGrant(plugin.id);
  const revoke = useRevoke(plugin.id);
  if (!can('plugins:manage')) return null;
  const title = capability.title.charAt(0).toLowerCase() + capability.title.slice(1);
  const askGrant = async () => {
    const request = {
      title: t('plugins.let', { name: plugin.name, title }),
      message: t('plugins.itGetsTheWholeScope', { reason: capability.reason }),
      confirmLabel: t('plugins.grant'),
      ...(capability.risk === 'high' ? { danger: true, typed: plugin.id } : {}),
    };
    if (await confirm(request)) grant.mutate(capability);
  };
  const askRevoke = async () => {
    const need = capability.optional ? t('plugins.itGoesOnWithoutIt') : t('plugins.itStopsBecauseItCannot');
    const message = t('plugins.mayNoLongerFromIts', { name: plugin.name, title, need });
    if (
      await confirm({ title: t('plugins.revokeThisRight'), message, confirmLabel: t('plugins.revoke'), danger: true })
    )
      revoke.mutate(capability);
  };
  if (capability.granted) {
    return (
      <Button
        size="small"
        icon={X}
        pending={revoke.isPending}
        onClick={() => void askRevoke()}
        aria-label={t('plugins.revoke2', { title: capability.title })}
      >
        {t('plugins.revoke')}
      </Button>
    );
  }
  return (
    <Button
      size="small"
      icon={Check}
      pending={grant.isPending}
      onClick={() => void askGrant()}
      aria-label={t('plugins.grant2', { title: capability.title })}
    >
      {t('plugins.grant')}
    </Button>
  );
}
