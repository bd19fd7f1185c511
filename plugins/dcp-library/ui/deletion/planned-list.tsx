import { formatBytes } from '@lamphouse/ui';
import { Breakable } from '../breakable';
import { type DeletionPlan, type PlannedDeletion, placeOf } from '../data/deletion';
import { t } from '../messages';

/** Every folder that goes, with what is in it. */
export function PlannedList({ plan }: { plan: DeletionPlan }) {
  return (
    <section className="dcpl-section" aria-label={t('delete.whatGoes')}>
      <h3 className="dcpl-heading">{t('delete.whatGoes')}</h3>
      <ul className="dcpl-goes">
        {plan.packages.map((each) => (
          <li key={`${each.id} ${placeOf(each.mount, each.path)}`}>
            <Goes planned={each} />
          </li>
        ))}
      </ul>
      {plan.packages.length > 1 ? <strong>{t('delete.inAll', { size: formatBytes(plan.size_bytes) })}</strong> : null}
    </section>
  );
}

function Goes({ planned }: { planned: PlannedDeletion }) {
  const { package_name: name, mount, path, file_count: count, size_bytes: bytes, copies_left: left } = planned;
  const stays = left === 0 ? t('delete.onlyCopy') : t('delete.copiesLeft', { count: left });
  return (
    <>
      <strong>
        <Breakable text={name} />
      </strong>
      <span className="dcpl-mono dcpl-muted">{placeOf(mount, path)}</span>
      <span>{[t('delete.files', { count, size: formatBytes(bytes) }), stays].join(' · ')}</span>
    </>
  );
}
