import './styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app';
import { followPreferences } from './lib/preferences';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element #root');
const drawn = createRoot(root);
await followPreferences();
drawn.render(
  <StrictMode>
    <App />
  </StrictMode>,
);
