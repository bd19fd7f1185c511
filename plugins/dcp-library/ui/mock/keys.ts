/** The key delivery messages of the invented library: those that the details of its packages speak of. */
import type { QueryParameters } from '@lamphouse/sdk';
import type { KeyMessage, MessageState } from '../data/keys';
import type { PackageRow } from '../data/package-row';
import { detailOf } from './detail';

function messagesFor(row: PackageRow): KeyMessage[] {
  const { keys, compositions } = detailOf(row, []);
  const needed = compositions.flatMap(({ reels }) => reels.flatMap(({ assets }) => assets));
  return (keys?.compositions ?? []).flatMap(({ composition_id, recipients }) =>
    recipients.map((each, at): KeyMessage => {
      const place = { mount: row.mount ?? 'library', path: `keys/${row.package_name}-screen-${at + 1}.kdm.xml` };
      return {
        id: `${composition_id}-${at}`,
        composition_id,
        content_title: row.content_title,
        recipient: { common_name: each.recipient, subject: null },
        not_valid_before: each.not_valid_before,
        not_valid_after: each.not_valid_after,
        state: (each.state === 'incomplete' ? 'valid' : each.state) as MessageState,
        keys: each.state === 'incomplete' ? [] : needed.flatMap(({ key_id }) => (key_id ? [{ id: key_id }] : [])),
        uploaded_at: at === 0 ? each.not_valid_before : null,
        places: at === 0 ? [] : [place],
        packages: [{ id: row.id, package_name: row.package_name }],
      };
    }),
  );
}

/** The answer of `GET /dcps/kdms`. */
export function messagesOf(rows: readonly PackageRow[], query: QueryParameters = {}): KeyMessage[] {
  const states = query.state ? String(query.state).split(',') : [];
  const words = String(query.recipient ?? '').toLowerCase();
  return rows
    .filter((row) => row.encryption !== 'none')
    .flatMap(messagesFor)
    .filter((each) => !query.composition || each.composition_id === query.composition)
    .filter((each) => states.length === 0 || states.includes(each.state))
    .filter((each) => (each.recipient.common_name ?? '').toLowerCase().includes(words))
    .sort((a, b) => b.not_valid_after.localeCompare(a.not_valid_after));
}
