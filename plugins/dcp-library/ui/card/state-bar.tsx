import { language } from '@lamphouse/sdk';
import { formatCount, Status } from '@lamphouse/ui';
import type { LibrarySummary } from '../data/library-summary';
import type { PackageState } from '../data/package-row';
import { PACKAGE_STATES } from '../states';

const ORDER = Object.keys(PACKAGE_STATES) as PackageState[];

/** Packages by state: a bar to scale, and the counts in words that lead to the filtered list. */
export function StateBar({ counts }: { counts: LibrarySummary['by_state'] }) {
  const shown = ORDER.flatMap((state) => {
    const count = counts[state] ?? 0;
    return count > 0 ? [{ state, count }] : [];
  });
  return (
    <>
      <div className="dcpl-state-bar" aria-hidden>
        {shown.map(({ state, count }) => (
          <span key={state} data-state={state} style={{ flexGrow: count }} />
        ))}
      </div>
      <ul className="dcpl-state-list">
        {shown.map(({ state, count }) => (
          <li key={state}>
            <a href={`/library?state=${state}`}>
              <Status
                state={PACKAGE_STATES[state].sign}
                label={`${formatCount(count)} ${PACKAGE_STATES[state].label.toLocaleLowerCase(language())}`}
              />
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
