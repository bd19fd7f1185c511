import { Breakable } from '../breakable';
import type { Reason } from '../data/deletion';
import { t } from '../messages';
import en from '../messages/en.json';

type DeleteKey = keyof typeof en.delete;

/** In the reader's language; what a newer host says besides is told in its own words. */
function wordsOf({ code, message }: Reason, mount: string): string {
  const key = `need_${code}`;
  return key in en.delete ? t(`delete.${key as DeleteKey}`, { mount }) : message;
}

/** One thing that speaks against deleting, with the packages it is about. */
export function ReasonItem({ reason, mount }: { reason: Reason; mount: string }) {
  return (
    <li data-severity={reason.may_be_overruled ? 'warning' : 'error'}>
      <p>{wordsOf(reason, mount)}</p>
      {reason.packages.length > 0 ? (
        <ul>
          {reason.packages.map(({ id, package_name: name }) => (
            <li key={id}>
              <Breakable text={name} />
            </li>
          ))}
        </ul>
      ) : null}
    </li>
  );
}
