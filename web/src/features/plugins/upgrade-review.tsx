import type { Capability, PendingUpgrade, Plugin, RightsPart } from '@lamphouse/sdk';
import { Badge, type BadgeTone, Button, DateTime, Section } from '@lamphouse/ui';
import { Check, X } from 'lucide-react';
import { confirm } from '../../lib/confirm';
import { t } from '../../lib/messages';
import { useSession } from '../../lib/session';
import { RiskBadge } from './plugin-state';
import { ScopeList } from './scope-list';
import { useDecideUpgrade } from './use-plugin-actions';

/** A version that asks for more than the installed one: what is different, and the decision. */
export function UpgradeReview({ plugin, upgrade }: { plugin: Plugin; upgrade: PendingUpgrade }) {
  const { changes } = upgrade;
  const known = [...upgrade.capabilities, ...plugin.capabilities];
  const rows = (parts: RightsPart[], tone: BadgeTone, word: string) =>
    parts.map((part) => (
      <RightsRow key={`${word} ${part.interface}`} part={part} known={known} tone={tone} word={word} />
    ));
  return (
    <Section title={t('plugins.versionWaits', { version: upgrade.version })} flush>
      <p className="px-4 pt-3 pb-2">
        {t('plugins.itAsksForMoreThan', { asked_by: upgrade.asked_by, version: plugin.version })}{' '}
        <span className="text-muted">
          <DateTime at={upgrade.asked_at} />
        </span>
      </p>
      <ul className="divide-y divide-line border-y border-line">
        {rows(changes.new, 'active', t('plugins.new'))}
        {rows(changes.wider, 'warn', t('plugins.wider'))}
        {rows(changes.gone, 'neutral', t('plugins.gone'))}
      </ul>
      <Decision plugin={plugin} upgrade={upgrade} />
    </Section>
  );
}

interface RightsRowProps {
  part: RightsPart;
  known: Capability[];
  tone: BadgeTone;
  word: string;
}

function RightsRow({ part, known, tone, word }: RightsRowProps) {
  const capability = known.find((each) => each.interface === part.interface);
  return (
    <li className="px-4 py-2">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={tone}>{word}</Badge>
        <span className="min-w-0 flex-1 basis-48 font-medium">{capability?.title ?? part.interface}</span>
        {part.optional && tone !== 'neutral' ? <Badge>{t('plugins.optional')}</Badge> : null}
        {capability ? <RiskBadge risk={capability.risk} /> : null}
      </p>
      {tone === 'neutral' ? null : <p className="mt-0.5 text-muted">{capability?.reason}</p>}
      <div className="mt-1 text-small">
        <ScopeList scopes={part.allow} />
      </div>
    </li>
  );
}

function Decision({ plugin, upgrade }: { plugin: Plugin; upgrade: PendingUpgrade }) {
  const decide = useDecideUpgrade(plugin, upgrade);
  if (!useSession().can('plugins:manage')) return null;
  const { changes } = upgrade;
  const added = [...changes.new, ...changes.wider].map((part) => part.interface);
  const risky = upgrade.capabilities.some(({ risk, ...each }) => risk === 'high' && added.includes(each.interface));
  const askApprove = async () => {
    const request = {
      title: t('plugins.approveVersionOf', { version: upgrade.version, name: plugin.name }),
      message: t('plugins.itReplacesVersionAndGets', { version: plugin.version }),
      confirmLabel: t('plugins.approve'),
      ...(risky ? { danger: true, typed: plugin.id } : {}),
    };
    if (await confirm(request)) decide.mutate('approve');
  };
  return (
    <div className="flex flex-wrap justify-end gap-2 px-4 py-3">
      <Button icon={X} pending={decide.isPending} onClick={() => decide.mutate('reject')}>
        {t('plugins.keepVersion', { version: plugin.version })}
      </Button>
      <Button variant="primary" icon={Check} pending={decide.isPending} onClick={() => void askApprove()}>
        {t('plugins.approve')}
      </Button>
    </div>
  );
}
