import { ErrorState, Skeleton } from '@lamphouse/ui';
import { Outlet, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { forgetPluginAnswers } from '../features/plugin-pages/plugin-queries';
import { t } from '../lib/messages';
import { forgetAnswers, queryClient } from '../lib/query-client';
import { useSessionQuery } from '../lib/session';
import { followEvents } from '../live/live-cache';
import { startLive } from '../live/live-hub';
import { BottomBar } from './bottom-bar';
import { CommandPalette } from './command-palette';
import { DocumentState } from './document-state';
import { Navigation } from './navigation';
import { ShortcutsDialog } from './shortcuts-dialog';
import { TopBar } from './top-bar';
import { useInternalLinks } from './use-internal-links';
import { useShortcuts } from './use-shortcuts';

/** Where to sign in, and where to go on after it. */
function signInAddress(href: string): string {
  return href === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(href)}`;
}

/** Everything behind the sign-in: bars, navigation, the page. */
export function ShellLayout() {
  const session = useSessionQuery();
  const router = useRouter();
  const signedOut = session.data === null;
  useEffect(() => {
    const { href, pathname } = router.history.location;
    if (signedOut && pathname !== '/sign-in') router.history.replace(signInAddress(href));
  }, [signedOut, router]);
  if (session.data) return <SignedIn />;
  if (session.error) {
    return (
      <main className="flex min-h-dvh items-center justify-center">
        <ErrorState error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  }
  return (
    <main className="mx-auto max-w-2xl pt-24">
      <Skeleton rows={6} />
    </main>
  );
}

function SignedIn() {
  useEffect(() => {
    const stopCache = followEvents(queryClient);
    const stopLive = startLive();
    return () => {
      stopLive();
      stopCache();
      forgetPluginAnswers();
      forgetAnswers();
    };
  }, []);
  useShortcuts();
  const onLinkClick = useInternalLinks();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: links inside keep their own keys; this only keeps them in the page
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser turns Enter on a link into a click
    <div onClick={onLinkClick} className="flex h-dvh flex-col">
      <a
        href="#main"
        className="sr-only z-50 rounded-control bg-primary px-3 py-2 text-on-primary focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        {t('app.skipToThePage')}
      </a>
      <DocumentState />
      <TopBar />
      <div className="flex min-h-0 flex-1">
        <Navigation />
        <main
          id="main"
          tabIndex={-1}
          data-scroll-restoration-id="main"
          className="min-w-0 flex-1 overflow-y-auto outline-none"
        >
          <Outlet />
        </main>
      </div>
      <BottomBar />
      <CommandPalette />
      <ShortcutsDialog />
    </div>
  );
}
