import { IconButton } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { NoticesBell } from '../features/notices/notices-bell';
import { t } from '../lib/messages';
import { systemQuery } from '../lib/queries';
import { AccountMenu } from './account-menu';
import { ConnectionPill } from './connection-pill';
import { useDialogs } from './dialogs';
import { JobsButton } from './jobs-button';

const PRODUCT = 'Lamphouse';

export function TopBar() {
  const { data: system } = useQuery(systemQuery);
  // A host without a name of its own goes by the product's.
  const site = system?.site_name === PRODUCT ? '' : system?.site_name;
  const openPalette = () => useDialogs.setState({ open: 'palette' });
  return (
    <header data-region className="flex h-11 shrink-0 items-center gap-2 border-b border-line bg-sunken pr-2 pl-3">
      <a href="/" className="flex min-w-0 items-center gap-2 rounded-control px-1 text-fg! no-underline">
        <img src="/favicon.svg" alt="" width={22} height={22} />
        <span className="text-section font-semibold">{PRODUCT}</span>
        {site ? <span className="hidden truncate text-muted lg:inline">{site}</span> : null}
      </a>
      <div className="flex min-w-0 flex-1 justify-center">
        <button
          type="button"
          onClick={openPalette}
          className="hidden h-7 w-full max-w-96 items-center gap-2 rounded-control border border-control bg-surface px-2 text-muted hover:bg-raised md:flex"
        >
          <Search size={14} aria-hidden />
          <span className="flex-1 truncate text-left">{t('app.searchPagesJobsAndActions')}</span>
          <kbd className="rounded-control border border-line px-1 font-sans text-small">{t('app.ctrlK')}</kbd>
        </button>
      </div>
      <span className="md:hidden">
        <IconButton icon={Search} label={t('app.searchPagesJobsAndActions')} onClick={openPalette} />
      </span>
      <ConnectionPill />
      <JobsButton />
      <NoticesBell />
      <AccountMenu />
    </header>
  );
}
