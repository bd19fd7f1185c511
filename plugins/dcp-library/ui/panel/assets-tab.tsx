import { FileText } from 'lucide-react';
import { useState } from 'react';
import type { PackageDetail } from '../data/package-detail';
import { t } from '../messages';
import { CompositionTree } from './composition-tree';
import { PackingLists } from './packing-lists';

const ARRANGEMENTS = ['compositions', 'packingLists'] as const;

export interface AssetsTabProps {
  detail: PackageDetail;
  /** The file a running verification reads. */
  hashing: string | null;
  onOpen: (id: string) => void;
}

/** The assets as they are played, or as they are packed. */
export function AssetsTab({ detail, hashing, onOpen }: AssetsTabProps) {
  const [chosen, setChosen] = useState<(typeof ARRANGEMENTS)[number]>('compositions');
  const playable = detail.compositions.length > 0;
  return (
    <div className="dcpl-tab">
      {playable ? (
        <fieldset className="dcpl-presets">
          <legend className="dcpl-hidden">{t('assetTree.arrangement')}</legend>
          {ARRANGEMENTS.map((arrangement) => (
            <button
              key={arrangement}
              type="button"
              className="dcpl-preset"
              aria-pressed={chosen === arrangement}
              onClick={() => setChosen(arrangement)}
            >
              {t(`panel.${arrangement}`)}
            </button>
          ))}
        </fieldset>
      ) : null}
      {playable && chosen === 'compositions' ? (
        <CompositionTree key={detail.id} detail={detail} hashing={hashing} onOpen={onOpen} />
      ) : (
        <>
          <PackingLists key={detail.id} detail={detail} hashing={hashing} />
          <ForeignFiles paths={detail.foreign_files ?? []} />
        </>
      )}
    </div>
  );
}

function ForeignFiles({ paths }: { paths: readonly string[] }) {
  if (paths.length === 0) return null;
  return (
    <details className="dcpl-group">
      <summary>
        <FileText size={14} aria-hidden />
        <span className="dcpl-group-title">{t('panel.otherFilesInTheFolder')}</span>
        <span className="dcpl-muted">{t('counts.files', { count: paths.length })}</span>
      </summary>
      <ul className="dcpl-files">
        {paths.map((path) => (
          <li key={path} className="dcpl-mono">
            {path}
          </li>
        ))}
      </ul>
    </details>
  );
}
