import { Badge } from '@lamphouse/ui';
import { Lock } from 'lucide-react';
import { Breakable } from '../breakable';
import type { Composition } from '../data/package-detail';
import { formatLabel, kindLabel, runningTime } from '../format';
import { t } from '../messages';
import { ENCRYPTION } from '../states';
import { NamingFields } from './naming-fields';
import { ReelTimeline } from './reel-timeline';

/** One composition: what it is, what its name claims, and its reels. `titled` is false where its title stands above already. */
export function CompositionCard({ composition, titled }: { composition: Composition; titled: boolean }) {
  const outside = composition.external_asset_ids?.length ?? 0;
  return (
    <article className="dcpl-card">
      {titled ? (
        <h4 className="dcpl-card-title">
          <Breakable text={composition.content_title || t('panel.withoutATitle')} />
        </h4>
      ) : null}
      <p className="dcpl-badges">
        <Badge>{kindLabel(composition.content_kind)}</Badge>
        {composition.standard ? <Badge>{formatLabel(composition.standard)}</Badge> : null}
        <Badge>{runningTime(composition.duration_seconds)}</Badge>
        {composition.encryption === 'none' ? null : (
          <Badge>
            <Lock size={12} aria-hidden />
            {ENCRYPTION[composition.encryption]}
          </Badge>
        )}
        {composition.complete === false && outside === 0 ? <Badge tone="warn">{t('panel.tracksMissing')}</Badge> : null}
        {outside > 0 ? <Badge tone="active">{t('panel.fromAnotherPackage', { count: outside })}</Badge> : null}
      </p>
      <NamingFields naming={composition.naming ?? null} />
      <ReelTimeline composition={composition} />
    </article>
  );
}
