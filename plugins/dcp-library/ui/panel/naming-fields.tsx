import type { Naming } from '../data/package-detail';
import { t } from '../messages';
import { namingFields } from './naming';

/** The content title taken apart, as small labelled boxes. */
export function NamingFields({ naming }: { naming: Naming | null }) {
  const fields = naming === null ? [] : namingFields(naming);
  if (fields.length === 0) return <p className="dcpl-muted">{t('panel.theTitleDoesNotFollow')}</p>;
  return (
    <dl className="dcpl-naming" aria-label={t('panel.whatTheTitleSays')}>
      {fields.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
