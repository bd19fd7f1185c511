import type { PackageDetail } from '../data/package-detail';
import { CompositionCard } from './composition-card';
import { FactList } from './fact-list';
import { FindingsHint } from './findings-hint';
import { LinksList } from './links-list';
import { PanelSection } from './panel-section';

/** What a package is, in one look. */
export function OverviewTab({ detail, onOpen }: { detail: PackageDetail; onOpen: (id: string) => void }) {
  const { compositions } = detail;
  return (
    <div className="dcpl-tab">
      <FindingsHint findings={detail.findings} />
      <PanelSection title="Facts">
        <FactList detail={detail} />
      </PanelSection>
      <LinksList detail={detail} onOpen={onOpen} />
      <PanelSection title="Compositions" term="cpl" count={compositions.length}>
        {compositions.length === 0 ? (
          <p className="dcpl-muted">It holds files only; nothing in it can be played by itself.</p>
        ) : null}
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
