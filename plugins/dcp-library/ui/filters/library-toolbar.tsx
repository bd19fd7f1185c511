import { Button, FilterChip, SearchField, Toolbar } from '@lamphouse/ui';
import { X } from 'lucide-react';
import { type ReactNode, useCallback } from 'react';
import { t } from '../messages';
import { DiscoveredChip } from './discovered-chip';
import type { Facets } from './facets';
import { type Filters, hasFilters, NO_FILTERS } from './filter-state';
import { SizeChip } from './size-chip';

const RECENT_DAYS = 7;
const LARGE = 100e9;
/** More issuers than this can be searched. */
const MOST_LISTED = 12;

export interface LibraryToolbarProps {
  filters: Filters;
  facets: Facets;
  onChange: (patch: Partial<Filters>) => void;
  /** The menu of saved views. */
  views: ReactNode;
}

/** Search and filters; every one of them lives in the address. */
export function LibraryToolbar({ filters, facets, onChange, views }: LibraryToolbarProps) {
  const search = useCallback((q: string) => onChange({ q }), [onChange]);
  const recent = filters.recent === RECENT_DAYS;
  const large = filters.min_size === LARGE && filters.max_size === 0;
  return (
    <Toolbar label={t('filters.searchAndFilterPackages')}>
      <SearchField value={filters.q} onChange={search} placeholder={t('filters.searchPackages')} />
      <div className="dcpl-chips">
        {views}
        <FilterChip
          label={t('filters.kind')}
          options={facets.kind}
          selected={filters.kind}
          onChange={(kind) => onChange({ kind })}
        />
        <FilterChip
          label={t('filters.state')}
          options={facets.state}
          selected={filters.state}
          onChange={(state) => onChange({ state })}
        />
        <FilterChip
          label={t('filters.format')}
          options={facets.format}
          selected={filters.format}
          onChange={(format) => onChange({ format })}
        />
        <FilterChip
          label={t('filters.issuer')}
          options={facets.issuer}
          selected={filters.issuer}
          onChange={(issuer) => onChange({ issuer })}
          searchable={facets.issuer.length > MOST_LISTED}
        />
        {facets.server.length > 1 || filters.server_id.length > 0 ? (
          <FilterChip
            label={t('filters.server')}
            options={facets.server}
            selected={filters.server_id}
            onChange={(server_id) => onChange({ server_id })}
          />
        ) : null}
        <FilterChip
          label={t('filters.encryption')}
          options={facets.encryption}
          selected={filters.encryption}
          onChange={(encryption) => onChange({ encryption })}
        />
        <FilterChip
          label={t('filters.keys')}
          options={facets.keys}
          selected={filters.keys}
          onChange={(keys) => onChange({ keys })}
        />
        {facets.tag.length > 0 || filters.tag.length > 0 ? (
          <FilterChip
            label={t('filters.tag')}
            options={facets.tag}
            selected={filters.tag}
            onChange={(tag) => onChange({ tag })}
          />
        ) : null}
        <FilterChip
          label={t('filters.duplicates')}
          options={facets.duplicates}
          selected={filters.duplicates}
          onChange={(duplicates) => onChange({ duplicates })}
        />
        <SizeChip min={filters.min_size} max={filters.max_size} onChange={onChange} />
        <DiscoveredChip recent={filters.recent} after={filters.after} before={filters.before} onChange={onChange} />
        <span className="dcpl-rule" aria-hidden />
        <button
          type="button"
          className="dcpl-quick"
          aria-pressed={recent}
          onClick={() => onChange({ recent: recent ? 0 : RECENT_DAYS, after: '', before: '' })}
        >
          {t('filters.recentlyAdded')}
        </button>
        <button
          type="button"
          className="dcpl-quick"
          aria-pressed={large}
          onClick={() => onChange({ min_size: large ? 0 : LARGE, max_size: 0 })}
        >
          {t('filters.over100Gb')}
        </button>
        {filters.finding === '' ? null : (
          <button
            type="button"
            className="dcpl-chip"
            data-set
            aria-label={t('filters.withoutFinding', { code: filters.finding })}
            onClick={() => onChange({ finding: '' })}
          >
            {t('filters.finding', { code: filters.finding })}
            <X size={14} aria-hidden />
          </button>
        )}
        {hasFilters(filters) ? (
          <Button variant="ghost" size="small" icon={X} onClick={() => onChange(NO_FILTERS)}>
            {t('filters.clear')}
          </Button>
        ) : null}
      </div>
    </Toolbar>
  );
}
