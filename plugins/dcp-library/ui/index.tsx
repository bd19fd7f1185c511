import './index.css';
import { definePlugin } from '@lamphouse/sdk';
import { SummaryCard } from './card/summary-card';
import { TrashPage } from './deletion/trash-page';
import { KeysPage } from './keys/keys-page';
import { LibraryPage } from './library-page';
import { FindingsPage } from './overview/findings-page';
import { StoragePage } from './overview/storage-page';

export default definePlugin({
  pages: { library: LibraryPage, findings: FindingsPage, keys: KeysPage, storage: StoragePage, trash: TrashPage },
  slots: { summary: SummaryCard },
});
