import type { Navigation } from '@lamphouse/sdk';
import { base } from './plugins.ts';

export function seedNavigation(): Navigation {
  const entry = (id: string) => `${base(id)}ui/index.js`;
  const styles = (id: string) => [`${base(id)}ui/index.css`];
  return {
    pages: [
      {
        plugin: 'sample-catalogue',
        page_id: 'items',
        path: '/entries',
        title: 'Entries',
        icon: 'library',
        group: 'content',
        order: 10,
        keys: 'g e',
        entry: entry('sample-catalogue'),
        styles: styles('sample-catalogue'),
        export: 'items',
        mode: 'inline',
      },
      {
        plugin: 'sample-notes',
        page_id: 'items',
        path: '/p/sample-notes/notes',
        title: 'Notes',
        icon: 'file-text',
        group: 'content',
        order: 20,
        keys: null,
        entry: entry('sample-notes'),
        styles: styles('sample-notes'),
        export: 'items',
        mode: 'frame',
      },
      {
        plugin: 'sample-catalogue',
        page_id: 'broken',
        path: '/p/sample-catalogue/broken',
        title: 'Broken page',
        icon: 'unheard-of',
        group: 'content',
        order: 30,
        keys: null,
        entry: entry('sample-catalogue'),
        styles: [],
        export: 'broken',
        mode: 'inline',
      },
    ],
    slots: [
      {
        plugin: 'sample-catalogue',
        slot: 'dashboard.card',
        export: 'itemsCard',
        title: 'Entries',
        order: 10,
        entry: entry('sample-catalogue'),
        styles: styles('sample-catalogue'),
        mode: 'inline',
      },
    ],
  };
}
