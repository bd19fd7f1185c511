import { Loadable, Timeline } from '@lamphouse/ui';
import { useHistory } from '../data/use-history';
import { t } from '../messages';
import { historyWords } from './history-words';

/** As many entries as are kept of one package. */
const MOST = 100;

/** What happened to the package, the newest first. */
export function HistoryTab({ id }: { id: string }) {
  const history = useHistory(id);
  return (
    <div className="dcpl-tab">
      <Loadable query={history}>
        {(entries) => (
          <>
            <Timeline
              items={entries.map((entry, place) => ({
                id: `${entries.length - place}`,
                at: entry.at,
                ...historyWords(entry),
              }))}
            />
            {entries.length > MOST ? <p className="dcpl-muted dcpl-small">{t('history.newest')}</p> : null}
          </>
        )}
      </Loadable>
    </div>
  );
}
