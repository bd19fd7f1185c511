import { useRouter } from '@tanstack/react-router';
import { type MouseEvent, useCallback } from 'react';

/** The path a plain left click on a link of this site should lead to inside the shell, or null. */
export function internalTarget(event: MouseEvent): string | null {
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (event.defaultPrevented || event.button !== 0 || modified) return null;
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[href]');
  if (link === null || link.target !== '' || link.hasAttribute('download') || link.origin !== window.location.origin)
    return null;
  if (link.getAttribute('href')?.startsWith('#')) return null;
  return link.pathname.startsWith('/api/') ? null : link.pathname + link.search + link.hash;
}

/** Makes every plain `<a href>` below a change of the page instead of a reload. */
export function useInternalLinks() {
  const router = useRouter();
  return useCallback(
    (event: MouseEvent) => {
      const target = internalTarget(event);
      if (target === null) return;
      event.preventDefault();
      router.history.push(target);
    },
    [router],
  );
}
