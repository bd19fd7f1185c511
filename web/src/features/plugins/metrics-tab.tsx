import type { Plugin } from '@lamphouse/sdk';
import { formatBytes, formatCount, formatDuration, Grid, KeyValueList, Section, StatTile } from '@lamphouse/ui';
import { t } from '../../lib/messages';
import { TabBody } from './tab-body';

const MEBIBYTE = 1024 * 1024;

/** What a plugin may use at most, in words and in units that people know. */
export function limitFacts(limits: Plugin['limits']): { label: string; value: string }[] {
  return [
    { label: t('plugins.limitMemory'), value: formatBytes(limits.memory_mib * MEBIBYTE) },
    { label: t('plugins.limitStorage'), value: formatBytes(limits.storage_mib * MEBIBYTE) },
    { label: t('plugins.limitConcurrency'), value: formatCount(limits.concurrency) },
    { label: t('plugins.limitCallTime'), value: formatDuration(limits.wall_ms) },
    { label: t('plugins.limitCallProcessor'), value: formatDuration(limits.cpu_ms) },
    { label: t('plugins.limitJobTime'), value: formatDuration(limits.job_wall_ms) },
    { label: t('plugins.limitJobProcessor'), value: formatDuration(limits.job_cpu_ms) },
  ];
}

export function MetricsTab({ plugin }: { plugin: Plugin }) {
  const { metrics, limits } = plugin;
  const tone = (count: number) => (count > 0 ? 'bad' : 'neutral');
  return (
    <TabBody label={t('plugins.metrics')}>
      <Grid columns={4}>
        <StatTile
          label={t('plugins.calls')}
          value={formatCount(metrics.calls)}
          hint={t('plugins.ofProcessorTime', { time: formatDuration(metrics.cpu_ms) })}
        />
        <StatTile
          label={t('plugins.errors')}
          value={formatCount(metrics.errors)}
          tone={tone(metrics.errors)}
          hint={t('plugins.callsWithoutAnAnswer')}
        />
        <StatTile
          label={t('plugins.traps')}
          value={formatCount(metrics.traps)}
          tone={tone(metrics.traps)}
          hint={t('plugins.callsThatEndedTheInstance')}
        />
        <StatTile
          label={t('plugins.denials')}
          value={formatCount(metrics.denials)}
          tone={tone(metrics.denials)}
          hint={t('plugins.callsBeyondItsRights')}
        />
      </Grid>
      <Grid columns={2}>
        <Section title={t('plugins.use')}>
          <KeyValueList
            items={[
              { label: t('plugins.mostMemory'), value: formatBytes(metrics.memory_high_water_bytes) },
              {
                label: t('plugins.slowestOf100Calls'),
                value: metrics.p99_ms == null ? t('plugins.notMeasuredYet') : formatDuration(metrics.p99_ms),
              },
              {
                label: t('plugins.processorTimeACall'),
                value: metrics.calls > 0 ? formatDuration(metrics.cpu_ms / metrics.calls) : t('plugins.noCallsYet'),
              },
            ]}
          />
        </Section>
        <Section title={t('plugins.limits')}>
          <KeyValueList items={limitFacts(limits)} />
        </Section>
      </Grid>
    </TabBody>
  );
}
