import { t } from '../messages';

export type LibraryPart = 'packages' | 'findings' | 'storage';

const PARTS: readonly { part: LibraryPart; to: string }[] = [
  { part: 'packages', to: '/library' },
  { part: 'findings', to: '/library/findings' },
  { part: 'storage', to: '/library/storage' },
];

/** The way between the pages of the library. */
export function LibraryTabs({ current }: { current: LibraryPart }) {
  return (
    <nav className="dcpl-parts" aria-label={t('library.pagesOfTheLibrary')}>
      {PARTS.map(({ part, to }) => (
        <a key={part} href={to} aria-current={part === current ? 'page' : undefined}>
          {t(`library.${part}`)}
        </a>
      ))}
    </nav>
  );
}
