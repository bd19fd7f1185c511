/** What the SDK itself says. */

import { createMessages } from './messages';
import de from './messages/de.json';
import en from './messages/en.json';

export const t = createMessages({ en, de });
