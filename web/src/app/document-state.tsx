import { useQuery } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { jobSummaryQuery } from '../lib/queries';
import { useSession } from '../lib/session';
import { currentPage, useShellPages } from './shell-pages';

/** The document's title, "(3) Jobs - Lamphouse", and the focus after a change of page. */
export function DocumentState() {
  const pages = useShellPages();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const { data } = useQuery({ ...jobSummaryQuery, enabled: useSession().can('jobs:read') });
  const running = data?.leased ?? 0;
  const name = currentPage(pages, pathname)?.title;
  useEffect(() => {
    const page = name === undefined ? 'Lamphouse' : `${name} - Lamphouse`;
    document.title = running > 0 ? `(${running}) ${page}` : page;
  }, [name, running]);
  return null;
}
