import type { PluginState, Risk } from '@lamphouse/sdk';
import { Badge, type BadgeTone, Status, type StatusState } from '@lamphouse/ui';
import { t } from '../../lib/messages';

export const PLUGIN_STATES: Record<PluginState, { word: string; status: StatusState }> = {
  healthy: {
    get word() {
      return t('plugins.healthy');
    },
    status: 'ok',
  },
  starting: {
    get word() {
      return t('plugins.starting');
    },
    status: 'active',
  },
  'pending-approval': {
    get word() {
      return t('plugins.awaitsAGrant');
    },
    status: 'warn',
  },
  degraded: {
    get word() {
      return t('plugins.degraded');
    },
    status: 'warn',
  },
  quarantined: {
    get word() {
      return t('plugins.quarantined');
    },
    status: 'bad',
  },
  incompatible: {
    get word() {
      return t('plugins.incompatible');
    },
    status: 'bad',
  },
  disabled: {
    get word() {
      return t('plugins.disabled');
    },
    status: 'disabled',
  },
};

export function PluginStatus({ state }: { state: PluginState }) {
  const { word, status } = PLUGIN_STATES[state] ?? { word: state, status: 'unknown' };
  return <Status state={status} label={word} />;
}

const RISKS: Record<Risk, { tone: BadgeTone; word: string }> = {
  low: {
    tone: 'neutral',
    get word() {
      return t('plugins.lowRisk');
    },
  },
  medium: {
    tone: 'warn',
    get word() {
      return t('plugins.mediumRisk');
    },
  },
  high: {
    tone: 'bad',
    get word() {
      return t('plugins.highRisk');
    },
  },
};

export function RiskBadge({ risk }: { risk: Risk }) {
  const { tone, word } = RISKS[risk];
  return <Badge tone={tone}>{word}</Badge>;
}
