import type { Plugin } from '@lamphouse/sdk';
import { formatBytes, formatCount, formatDuration, Grid, KeyValueList, Section, StatTile } from '@lamphouse/ui';
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
    <TabBody label="Metrics">
      <Grid columns={4}>
        <StatTile
          label="Calls"
          value={formatCount(metrics.calls)}
          hint={`${formatDuration(metrics.cpu_ms)} of processor time`}
        />
        <StatTile label="Errors" value={formatCount(metrics.errors)} tone={tone(metrics.errors)} />
        <StatTile
          label="Traps"
          value={formatCount(metrics.traps)}
          tone={tone(metrics.traps)}
          hint="Calls that ended the instance"
        />
        <StatTile
          label="Denials"
          value={formatCount(metrics.denials)}
          tone={tone(metrics.denials)}
          hint="Calls beyond its rights"
        />
      </Grid>
      <Grid columns={2}>
        <Section title="Use">
          <KeyValueList
            items={[
              { label: 'Most memory', value: formatBytes(metrics.memory_high_water_bytes) },
              {
                label: 'Slowest of 100 calls',
                value: metrics.p99_ms == null ? 'not measured yet' : formatDuration(metrics.p99_ms),
              },
              {
                label: 'Processor time a call',
                value: metrics.calls > 0 ? formatDuration(metrics.cpu_ms / metrics.calls) : 'no calls yet',
              },
            ]}
          />
        </Section>
        <Section title="Limits">
          <KeyValueList items={Object.entries(limits).map(([name, value]) => limitText(name, value))} />
        </Section>
      </Grid>
    </TabBody>
  );
}
