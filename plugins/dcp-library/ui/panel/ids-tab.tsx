import { CopyText, JsonView, type KeyValue, KeyValueList } from '@lamphouse/ui';
import type { PackageDetail } from '../data/package-detail';
import { Glossary } from '../glossary';
import { PanelSection } from './panel-section';

/** Every identifier, to copy, and the answer of the host as it came. */
export function IdsTab({ detail }: { detail: PackageDetail }) {
  const items: KeyValue[] = [
    { label: 'Package', value: <CopyText value={detail.id} label="package id" whole /> },
    ...(detail.assetmap_uuid
      ? [{ label: 'Asset map', value: <CopyText value={detail.assetmap_uuid} label="asset map id" whole /> }]
      : []),
  ];
  return (
    <div className="dcpl-tab">
      <KeyValueList items={items} />
      <PanelSection title="Packing lists" term="pkl">
        <IdList ids={detail.packing_lists.map((list) => list.id)} label="packing list id" />
      </PanelSection>
      <PanelSection title="Compositions" term="cpl">
        <IdList ids={detail.compositions.map((composition) => composition.id)} label="composition id" />
        <p className="dcpl-muted">
          A <Glossary term="kdm">KDM</Glossary> names the composition it opens by this id.
        </p>
      </PanelSection>
      <PanelSection title="Answer of the host">
        <JsonView value={detail} label="Package as JSON" />
      </PanelSection>
    </div>
  );
}

function IdList({ ids, label }: { ids: readonly string[]; label: string }) {
  if (ids.length === 0) return <p className="dcpl-muted">None.</p>;
  return (
    <ul className="dcpl-ids">
      {ids.map((id) => (
        <li key={id}>
          <CopyText value={id} label={label} whole />
        </li>
      ))}
    </ul>
  );
}
