import { CopyText } from '@lamphouse/ui';
import { FileText } from 'lucide-react';
import type { PackageDetail } from '../data/package-detail';
import { Glossary } from '../glossary';
import { t } from '../messages';
import { assetGroups } from './asset-groups';
import { AssetList } from './asset-list';
import { SignedFact } from './signed-fact';

/** Packing lists with the assets they name and what is known of their bytes. */
export function PackingLists({ detail, hashing }: { detail: PackageDetail; hashing: string | null }) {
  const groups = assetGroups(detail);
  if (groups.length === 0) return <p className="dcpl-muted">{t('panel.noPackingListCouldBe')}</p>;
  return groups.map(({ list, assets }) => (
    <details key={list?.id ?? 'map'} open className="dcpl-group">
      <summary>
        <FileText size={14} aria-hidden />
        <span className="dcpl-group-title">
          {list === null ? t('panel.namedByTheAssetMap') : list.annotation || t('panel.packingList')}
        </span>
        <span className="dcpl-muted">{t('counts.assets', { count: assets.length })}</span>
      </summary>
      {list === null ? null : (
        <p className="dcpl-group-facts">
          <Glossary term="pkl">PKL</Glossary> <CopyText value={list.id} label={t('panel.packingListId')} />
          <SignedFact signed={list.signed} />
        </p>
      )}
      <AssetList assets={assets} hashing={hashing} />
    </details>
  ));
}
