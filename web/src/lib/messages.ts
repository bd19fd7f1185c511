/** What the shell says. */
import { createMessages } from '@lamphouse/sdk';

export const t = createMessages({ en: () => import('../messages/en.json'), de: () => import('../messages/de.json') });
