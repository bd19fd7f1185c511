import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { t } from '../lib/messages';
import { usePreferences } from '../lib/preferences';
import { useDialogs } from './dialogs';
import { useShellPages } from './shell-pages';

export interface Shortcut {
  /** `Ctrl+K`, or keys one after another: `g d`. */
  keys: string;
  title: string;
}

/** Shortcuts that belong to no page. The list is what `?` shows. */
export const FIXED: Shortcut[] = [
  {
    keys: 'Ctrl+K',
    get title() {
      return t('app.searchPagesJobsAndActions');
    },
  },
  {
    keys: '?',
    get title() {
      return t('app.showThisList');
    },
  },
  {
    keys: '/',
    get title() {
      return t('app.searchInThePage');
    },
  },
  {
    keys: 'F6',
    get title() {
      return t('app.nextRegionBarNavigationPage');
    },
  },
  {
    keys: 'Escape',
    get title() {
      return t('app.clearTheSelectionCloseThe');
    },
  },
  {
    keys: 'j, k',
    get title() {
      return t('app.nextPreviousRow');
    },
  },
  {
    keys: 'Enter',
    get title() {
      return t('app.openTheRow');
    },
  },
  {
    keys: 'x',
    get title() {
      return t('app.selectTheRow');
    },
  },
  {
    keys: '[, ]',
    get title() {
      return t('app.previousNextOfTheFiltered');
    },
  },
];

const SEQUENCE_MS = 1200;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]')
  );
}

function nextRegion(): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region], #main')].filter(
    (region) => region.offsetParent !== null,
  );
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + 1) % regions.length];
  (next?.matches('#main') ? next : next?.querySelector<HTMLElement>('a[href], button'))?.focus();
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLElement>('#main [data-search-field]');
  field?.focus();
  return field !== null;
}

/** Listens to the shell's keys. Single keys can be switched off; keys typed into fields are left alone. */
export function useShortcuts(): void {
  const router = useRouter();
  const pages = useShellPages();
  const latest = useRef(pages);
  latest.current = pages;
  useEffect(() => {
    let before = { key: '', at: 0 };
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        useDialogs.setState({ open: 'palette' });
        return;
      }
      if (event.key === 'F6') {
        event.preventDefault();
        nextRegion();
        return;
      }
      const modified = event.ctrlKey || event.metaKey || event.altKey;
      // A popover that is closed stays in the document.
      const popups = [...document.querySelectorAll('[role=dialog], [role=menu]')];
      const busy = popups.some((popup) => popup.checkVisibility());
      if (modified || busy || isTyping(event.target) || !usePreferences.getState().singleKeys) return;
      const sequence = event.timeStamp - before.at < SEQUENCE_MS ? `${before.key} ${event.key}` : event.key;
      before = { key: event.key, at: event.timeStamp };
      const page = latest.current.find(({ keys }) => keys === sequence);
      if (page) {
        event.preventDefault();
        router.history.push(page.path);
      } else if (event.key === '?') useDialogs.setState({ open: 'shortcuts' });
      else if (event.key === '/' && focusSearch()) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [router]);
}
