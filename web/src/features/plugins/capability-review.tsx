import type { Capability, Risk } from '@lamphouse/sdk';
import { Badge } from '@lamphouse/ui';
import { t } from '../../lib/messages';
import { RiskBadge } from './plugin-state';
import { ScopeList } from './scope-list';

const ORDER: Risk[] = ['high', 'medium', 'low'];

/** What a package asks for, the riskiest first, with what is new marked. */
export function CapabilityReview({ capabilities, added }: { capabilities: Capability[]; added: readonly string[] }) {
  if (capabilities.length === 0) return <p className="text-muted">{t('plugins.itAsksForNothing')}</p>;
  const sorted = [...capabilities].sort((a, b) => ORDER.indexOf(a.risk) - ORDER.indexOf(b.risk));
  return (
    <ul className="divide-y divide-line rounded-card border border-line">
      {sorted.map((capability) => (
        <li key={capability.interface} className="px-3 py-2">
          <p className="flex flex-wrap items-center gap-2">
            <span className="min-w-0 flex-1 font-medium">{capability.title}</span>
            {added.includes(capability.interface) ? <Badge tone="active">{t('plugins.new')}</Badge> : null}
            {capability.optional ? <Badge>{t('plugins.optional')}</Badge> : null}
            <RiskBadge risk={capability.risk} />
          </p>
          <p className="mt-0.5 text-muted">{capability.reason}</p>
          <div className="mt-1 text-small">
            <ScopeList scopes={capability.requested} />
          </div>
        </li>
      ))}
    </ul>
  );
}
