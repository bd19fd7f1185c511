import { Status } from '@lamphouse/ui';
import type { PackageDetail, PackageLink } from '../data/package-detail';
import { stateOf } from '../data/package-row';
import { plural } from '../format';
import { PACKAGE_STATES } from '../states';
import { PanelSection } from './panel-section';

/** The packages this one plays with: the originals of a version file, the version files of an original. */
export function LinksList({ detail, onOpen }: { detail: PackageDetail; onOpen: (id: string) => void }) {
  const { originals = [], versions = [], unresolved = [] } = detail.links ?? {};
  if (originals.length + versions.length + unresolved.length === 0) return null;
  return (
    <PanelSection title="Related packages">
      <ul className="dcpl-links">
        {originals.map((link) => (
          <LinkedPackage key={link.id} link={link} relation="Original version" onOpen={onOpen} />
        ))}
        {versions.map((link) => (
          <LinkedPackage key={link.id} link={link} relation="Version file" onOpen={onOpen} />
        ))}
      </ul>
      {unresolved.length > 0 ? (
        <p className="dcpl-line">
          <Status state="warn" label={`${plural(unresolved.length, 'track')} in no package here`} />
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
