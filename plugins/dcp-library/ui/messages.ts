/** What the pages of the library say. */
import { createMessages } from '@lamphouse/sdk';
import de from './messages/de.json';
import en from './messages/en.json';

export const t = createMessages({ en, de });
