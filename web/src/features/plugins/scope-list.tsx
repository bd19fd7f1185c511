import type { Scope } from '@lamphouse/sdk';
import { t } from '../../lib/messages';

/** Scopes in plain words: `read, watch on incoming`. */
export function ScopeList({ scopes }: { scopes: Scope[] }) {
  if (scopes.length === 0) return <span className="text-muted">{t('plugins.noScopeAllOrNothing')}</span>;
  return (
    <ul className="flex flex-col gap-0.5">
      {scopes.map(({ name, rights }) => (
        <li key={`${name} ${rights.join()}`}>
          <span>{rights.join(', ')}</span>
          <span className="text-muted"> {t('plugins.on')} </span>
          <code className="font-mono text-small break-all">{name === '*' ? t('plugins.everything2') : name}</code>
        </li>
      ))}
    </ul>
  );
}
