import type { Plugin } from '@lamphouse/sdk';
import { formatBytes, formatCount, formatDuration, Grid, KeyValueList, Section, StatTile } from '@lamphouse/ui';
import { t } from '../../lib/messages';
import { TabBody } from './tab-body';

const UNITS: [RegExp, (value: number) => string][] = [
  [/_mib$/, (value) => formatBytes(value * 1024 * 1024)],
  [/_ms$/, formatDuration],
  [/_secs$/, (value) => formatDuration(value * 1000)],
];

/** `memory_mib: 64` as `Memory` and `67.1 MB`. */
export function limitText(name: string, value: unknown): { label: string; value: string } {
  const unit = UNITS.find(([ending]) => ending.test(name));
  const words = name.replace(unit?.[0] ?? '', '').replaceAll('_', ' ');
  const label = words.charAt(0).toUpperCase() + words.slice(1);
  return { label, value: typeof value === 'number' ? (unit?.[1] ?? formatCount)(value) : String(value) };
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
        <StatTile label={t('plugins.errors')} value={formatCount(metrics.errors)} tone={tone(metrics.errors)} />
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
          <KeyValueList items={Object.entries(limits).map(([name, value]) => limitText(name, value))} />
        </Section>
      </Grid>
    </TabBody>
  );
}
