import { seedKeys, seedUsers } from './seed/accounts.ts';
import { seedAudit } from './seed/audit.ts';
import { seedItems } from './seed/items.ts';
import { seedJobs } from './seed/jobs.ts';
import { seedMounts } from './seed/mounts.ts';
import { seedNavigation } from './seed/navigation.ts';
import { seedNotices } from './seed/notices.ts';
import { seedPlugins } from './seed/plugins.ts';

export type Scenario = 'full' | 'empty' | 'failing' | 'setup';

/** One made-up host per scenario; changes last as long as the server. */
export function createWorld(scenario: Scenario) {
  const full = scenario !== 'empty' && scenario !== 'setup';
  return {
    setupNeeded: scenario === 'setup',
    plugins: full ? seedPlugins() : [],
    navigation: full ? seedNavigation() : { pages: [], slots: [] },
    notices: full ? seedNotices() : [],
    mounts: full ? seedMounts() : [],
    users: full ? seedUsers() : seedUsers().slice(0, 1),
    keys: full ? seedKeys() : [],
    jobs: full ? seedJobs(200) : [],
    audit: full ? seedAudit() : [],
    items: full ? seedItems(10_000) : [],
  };
}

export type World = ReturnType<typeof createWorld>;
