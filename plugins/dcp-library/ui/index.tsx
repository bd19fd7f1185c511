import './index.css';
import { definePlugin } from '@lamphouse/sdk';
import { SummaryCard } from './card/summary-card';
import { LibraryPage } from './library-page';

export default definePlugin({ pages: { library: LibraryPage }, slots: { summary: SummaryCard } });
