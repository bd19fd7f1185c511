/** What the components themselves say. */
import { createMessages } from '@lamphouse/sdk';

export const t = createMessages({ en: () => import('./messages/en.json'), de: () => import('./messages/de.json') });
