import type { PluginState, Risk } from '@lamphouse/sdk';
import { Badge, type BadgeTone, Status, type StatusState } from '@lamphouse/ui';

export const PLUGIN_STATES: Record<PluginState, { word: string; status: StatusState }> = {
  healthy: { word: 'Healthy', status: 'ok' },
  starting: { word: 'Starting', status: 'active' },
  'pending-approval': { word: 'Awaits a grant', status: 'warn' },
  degraded: { word: 'Degraded', status: 'warn' },
  quarantined: { word: 'Quarantined', status: 'bad' },
  incompatible: { word: 'Incompatible', status: 'bad' },
  disabled: { word: 'Disabled', status: 'disabled' },
};

export function PluginStatus({ state }: { state: PluginState }) {
  const { word, status } = PLUGIN_STATES[state] ?? { word: state, status: 'unknown' };
  return <Status state={status} label={word} />;
}

const RISKS: Record<Risk, { tone: BadgeTone; word: string }> = {
  low: { tone: 'neutral', word: 'Low risk' },
  medium: { tone: 'warn', word: 'Medium risk' },
  high: { tone: 'bad', word: 'High risk' },
};

export function RiskBadge({ risk }: { risk: Risk }) {
  const { tone, word } = RISKS[risk];
  return <Badge tone={tone}>{word}</Badge>;
}
