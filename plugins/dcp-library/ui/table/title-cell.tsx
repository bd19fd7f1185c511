import { type PackageRow, titleOf } from '../data/package-row';

/** The film's name and the rest of a title of the naming convention; other titles are all name. */
export function splitTitle(title: string): [name: string, rest: string] {
  const end = title.search(/_[A-Za-z]{3}(-|_|$)/);
  return end > 0 ? [title.slice(0, end), title.slice(end)] : [title, ''];
}

/** The title, and the folder's name where it differs. */
export function TitleCell({ row }: { row: PackageRow }) {
  const title = titleOf(row);
  const [name, rest] = splitTitle(title);
  const folder = title === row.package_name ? null : row.package_name;
  return (
    <span className="dcpl-title" title={folder === null ? title : `${title}\n${folder}`}>
      <span className="dcpl-title-main">
        <strong>{name}</strong>
        {rest === '' ? null : <span className="dcpl-title-rest">{rest}</span>}
      </span>
      {folder === null ? null : <span className="dcpl-title-tail">{folder}</span>}
    </span>
  );
}
