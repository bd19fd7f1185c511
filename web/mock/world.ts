import {
  seedAudit,
  seedItems,
  seedJobs,
  seedKeys,
  seedMounts,
  seedNavigation,
  seedNotices,
  seedPlugins,
  seedUsers,
} from './seed.ts';

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
