import { Button, CopyText, Status } from '@lamphouse/ui';
import { HardDrive, ShieldCheck, Trash2 } from 'lucide-react';
import { placeOf } from '../data/deletion';
import type { PackageDetail, PackageLocation } from '../data/package-detail';
import { stateOf } from '../data/package-row';
import type { VerifyOptions } from '../data/use-verification';
import { t } from '../messages';
import { PACKAGE_STATES } from '../states';

export function placesOf({ locations = [], mount, path, state }: PackageDetail): readonly PackageLocation[] {
  if (locations.length > 0) return locations;
  return typeof path === 'string' ? [{ mount: mount ?? null, path, state: state ?? 'unreachable' }] : [];
}

export interface PlacesTabProps {
  detail: PackageDetail;
  /** Null for who may not, and while a verification runs. */
  onVerify: ((options: VerifyOptions) => void) | null;
  /** Null for who may not. */
  onDelete: ((place: string) => void) | null;
}

/** Where the package lies; each of several copies can be verified by itself. */
export function PlacesTab({ detail, onVerify, onDelete }: PlacesTabProps) {
  const places = placesOf(detail);
  if (places.length === 0) return <p className="dcpl-tab dcpl-muted">{t('panel.noPlaceIsKnown')}</p>;
  return (
    <ul className="dcpl-tab dcpl-places">
      {places.map((place) => (
        <li key={`${place.server_id ?? ''}:${place.mount ?? ''}:${place.path}`} className="dcpl-card">
          <div className="dcpl-asset-line">
            <HardDrive size={16} aria-hidden />
            <strong>{[place.server_name, place.mount].filter(Boolean).join(' · ') || t('panel.thisServer')}</strong>
            <span className="dcpl-end">
              <Status
                state={PACKAGE_STATES[stateOf(place.state)].sign}
                label={PACKAGE_STATES[stateOf(place.state)].label}
              />
            </span>
          </div>
          {place.path === '' ? (
            <span className="dcpl-muted">{t('panel.theTopOfTheMount')}</span>
          ) : (
            <CopyText value={place.path} label={t('panel.path')} whole />
          )}
          {onVerify && places.length > 1 && place.state !== 'unreachable' ? (
            <Button
              size="small"
              icon={ShieldCheck}
              className="dcpl-start"
              onClick={() => onVerify({ place: placeOf(place.mount, place.path) })}
            >
              {t('verify.thisCopy')}
            </Button>
          ) : null}
          {onDelete && places.length > 1 && place.state !== 'unreachable' ? (
            <Button
              size="small"
              icon={Trash2}
              className="dcpl-start"
              onClick={() => onDelete(placeOf(place.mount, place.path))}
            >
              {t('delete.thisCopy')}
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
