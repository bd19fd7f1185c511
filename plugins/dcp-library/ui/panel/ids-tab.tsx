import { CopyText, JsonView, type KeyValue, KeyValueList } from '@lamphouse/ui';
import type { PackageDetail } from '../data/package-detail';
import { Glossary } from '../glossary';
import { t } from '../messages';
import { PanelSection } from './panel-section';

/** Every identifier, to copy, and the answer of the host as it came. */
export function IdsTab({ detail }: { detail: PackageDetail }) {
  const items: KeyValue[] = [
    { label: t('panel.package'), value: <CopyText value={detail.id} label={t('panel.packageId')} whole /> },
    ...(detail.assetmap_uuid
      ? [
          {
            label: t('panel.assetMap'),
            value: <CopyText value={detail.assetmap_uuid} label={t('panel.assetMapId')} whole />,
          },
        ]
      : []),
  ];
  return (
    <div className="dcpl-tab">
      <KeyValueList items={items} />
      <PanelSection title={t('panel.packingLists')} term="pkl">
        <IdList ids={detail.packing_lists.map((list) => list.id)} label={t('panel.packingListId')} />
      </PanelSection>
      <PanelSection title={t('panel.compositions')} term="cpl">
        <IdList ids={detail.compositions.map((composition) => composition.id)} label={t('panel.compositionId')} />
        <p className="dcpl-muted">
          {t('panel.kdmArticle')} <Glossary term="kdm">KDM</Glossary> {t('panel.namesTheCompositionItOpens')}
        </p>
      </PanelSection>
      <PanelSection title={t('panel.answerOfTheHost')}>
        <JsonView value={detail} label={t('panel.packageAsJson')} />
      </PanelSection>
    </div>
  );
}

function IdList({ ids, label }: { ids: readonly string[]; label: string }) {
  if (ids.length === 0) return <p className="dcpl-muted">{t('panel.none')}</p>;
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
