import { setLanguage } from '@lamphouse/sdk';
import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeEach } from 'vitest';
import '@lamphouse/ui';
import './src/lib/messages';

// As long as a busy machine may take; what comes sooner is not waited for.
configure({ asyncUtilTimeout: 10_000 });

// Texts are there before anything is drawn, as in the shell.
beforeEach(() => setLanguage('en'));
afterEach(cleanup);
