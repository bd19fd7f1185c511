import { CopyText } from '@lamphouse/ui';
import { FileText } from 'lucide-react';
import type { PackageDetail } from '../data/package-detail';
import { plural } from '../format';
import { Glossary } from '../glossary';
import { assetGroups } from './asset-groups';
import { AssetList } from './asset-list';

/** Packing lists with the assets they name. `hashing` is the file a running verification reads. */
export function AssetsTab({ detail, hashing }: { detail: PackageDetail; hashing: string | null }) {
  const groups = assetGroups(detail);
  const foreign = detail.foreign_files ?? [];
  if (groups.length === 0)
    return <p className="dcpl-tab dcpl-muted">No packing list could be read, so no assets are known.</p>;
  return (
    <div className="dcpl-tab">
      {groups.map(({ list, assets }) => (
        <details key={list?.id ?? 'map'} open className="dcpl-group">
          <summary>
            <FileText size={14} aria-hidden />
            <span className="dcpl-group-title">
              {list === null ? 'Named by the asset map only' : list.annotation || 'Packing list'}
            </span>
            <span className="dcpl-muted">{plural(assets.length, 'asset')}</span>
          </summary>
          {list === null ? null : (
            <p className="dcpl-group-facts">
              <Glossary term="pkl">PKL</Glossary> <CopyText value={list.id} label="packing list id" />
              {list.signed ? <span>signed</span> : <span className="dcpl-muted">not signed</span>}
            </p>
          )}
          <AssetList assets={assets} hashing={hashing} />
        </details>
      ))}
      {foreign.length > 0 ? (
        <details className="dcpl-group">
          <summary>
            <FileText size={14} aria-hidden />
            <span className="dcpl-group-title">Other files in the folder</span>
            <span className="dcpl-muted">{plural(foreign.length, 'file')}</span>
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
