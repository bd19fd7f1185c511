import { useSession } from '@lamphouse/sdk';
import { MAY_DELETE } from '../data/permissions';
import { t } from '../messages';

export type LibraryPart = 'packages' | 'findings' | 'keys' | 'storage' | 'trash';

const PARTS: readonly { part: LibraryPart; to: string }[] = [
  { part: 'packages', to: '/library' },
  { part: 'findings', to: '/library/findings' },
  { part: 'keys', to: '/library/keys' },
  { part: 'storage', to: '/library/storage' },
  { part: 'trash', to: '/library/trash' },
];

/** The way between the pages of the library. */
export function LibraryTabs({ current }: { current: LibraryPart }) {
  const { can } = useSession();
  const shown = PARTS.filter(({ part }) => part !== 'trash' || can(MAY_DELETE));
  return (
    <nav className="dcpl-parts" aria-label={t('library.pagesOfTheLibrary')}>
      {shown.map(({ part, to }) => (
        <a key={part} href={to} aria-current={part === current ? 'page' : undefined}>
          {t(`library.${part}`)}
        </a>
      ))}
    </nav>
  );
}
