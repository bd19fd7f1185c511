import { CopyText } from '@lamphouse/ui';
import { FileText } from 'lucide-react';
import type { PackageDetail } from '../data/package-detail';
import { Glossary } from '../glossary';
import { t } from '../messages';
import { assetGroups } from './asset-groups';
import { AssetList } from './asset-list';

/** Packing lists with the assets they name. `hashing` is the file a running verification reads. */
export function AssetsTab({ detail, hashing }: { detail: PackageDetail; hashing: string | null }) {
  const groups = assetGroups(detail);
  const foreign = detail.foreign_files ?? [];
  if (groups.length === 0) return <p className="dcpl-tab dcpl-muted">{t('panel.noPackingListCouldBe')}</p>;
  return (
    <div className="dcpl-tab">
      {groups.map(({ list, assets }) => (
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
              {list.signed ? (
                <span>{t('panel.signed')}</span>
              ) : (
                <span className="dcpl-muted">{t('panel.notSigned')}</span>
              )}
            </p>
          )}
          <AssetList assets={assets} hashing={hashing} />
        </details>
      ))}
      {foreign.length > 0 ? (
        <details className="dcpl-group">
          <summary>
            <FileText size={14} aria-hidden />
            <span className="dcpl-group-title">{t('panel.otherFilesInTheFolder')}</span>
            <span className="dcpl-muted">{t('counts.files', { count: foreign.length })}</span>
          </summary>
          <ul className="dcpl-files">
            {foreign.map((path) => (
              <li key={path} className="dcpl-mono">
                {path}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}
