import { setLanguage } from '@lamphouse/sdk';
import { cleanup } from '@testing-library/react';
import { afterEach, beforeEach } from 'vitest';
import '@lamphouse/ui';
import './src/lib/messages';

// Texts are there before anything is drawn, as in the shell.
beforeEach(() => setLanguage('en'));
afterEach(cleanup);
