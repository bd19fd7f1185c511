import type { PackageDetail } from '../data/package-detail';
import { t } from '../messages';
import { CompositionCard } from './composition-card';
import { FactList } from './fact-list';
import { FindingsHint } from './findings-hint';
import { KeysSummary } from './keys-summary';
import { LinksList } from './links-list';
import { PanelSection } from './panel-section';
import { RemarksSection } from './remarks-section';

export interface OverviewTabProps {
  detail: PackageDetail;
  onOpen: (id: string) => void;
  /** Leads to the tab of the keys. */
  onKeys: () => void;
}

/** What a package is, in one look. */
export function OverviewTab({ detail, onOpen, onKeys }: OverviewTabProps) {
  const { compositions } = detail;
  return (
    <div className="dcpl-tab">
      <FindingsHint findings={detail.findings} />
      <PanelSection title={t('panel.facts')}>
        <FactList detail={detail} />
      </PanelSection>
      <RemarksSection key={detail.id} detail={detail} />
      <KeysSummary detail={detail} onMore={onKeys} />
      <LinksList detail={detail} onOpen={onOpen} />
      <PanelSection title={t('panel.compositions')} term="cpl" count={compositions.length}>
        {compositions.length === 0 ? <p className="dcpl-muted">{t('panel.itHoldsFilesOnlyNothing')}</p> : null}
        {compositions.map((composition) => (
          <CompositionCard
            key={composition.id}
            composition={composition}
            titled={compositions.length > 1 || composition.content_title !== detail.content_title}
          />
        ))}
      </PanelSection>
    </div>
  );
}
