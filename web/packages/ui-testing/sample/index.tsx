import './index.css';
import { definePlugin } from '@lamphouse/sdk';
import { BrokenPage } from './broken-page';
import { ItemsCard } from './items-card';
import { ItemsPage } from './items-page';

export default definePlugin({ pages: { items: ItemsPage, broken: BrokenPage }, slots: { itemsCard: ItemsCard } });
