import { Status } from '@lamphouse/ui';
import type { PackageDetail, PackageLink } from '../data/package-detail';
import { stateOf } from '../data/package-row';
import { t } from '../messages';
import { PACKAGE_STATES } from '../states';
import { PanelSection } from './panel-section';

/** The packages this one plays with: the originals of a version file, the version files of an original. */
export function LinksList({ detail, onOpen }: { detail: PackageDetail; onOpen: (id: string) => void }) {
  const { originals = [], versions = [], unresolved = [] } = detail.links ?? {};
  if (originals.length + versions.length + unresolved.length === 0) return null;
  return (
    <PanelSection title={t('panel.relatedPackages')}>
      <ul className="dcpl-links">
        {originals.map((link) => (
          <LinkedPackage key={link.id} link={link} relation={t('panel.originalVersion')} onOpen={onOpen} />
        ))}
        {versions.map((link) => (
          <LinkedPackage key={link.id} link={link} relation={t('panel.versionFile')} onOpen={onOpen} />
        ))}
      </ul>
      {unresolved.length > 0 ? (
        <p className="dcpl-line">
          <Status state="warn" label={t('panel.inNoPackageHere', { count: unresolved.length })} />
        </p>
      ) : null}
    </PanelSection>
  );
}

function LinkedPackage({
  link,
  relation,
  onOpen,
}: {
  link: PackageLink;
  relation: string;
  onOpen: (id: string) => void;
}) {
  const state = link.state ? PACKAGE_STATES[stateOf(link.state)] : null;
  return (
    <li>
      <button type="button" className="dcpl-link" onClick={() => onOpen(link.id)}>
        <span className="dcpl-muted">{relation}</span>
        <span className="dcpl-link-title">{link.content_title || link.package_name || link.id}</span>
      </button>
      {state ? <Status state={state.sign} label={state.label} /> : null}
    </li>
  );
}
