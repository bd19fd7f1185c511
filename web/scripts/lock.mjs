/**
 * Writes package-lock.json, for every system and (by .npmrc) without addresses. It uses one certain npm: 11.19 leaves the
 * optional packages of other systems out of a new lock, and then refuses that lock in `npm ci`.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const NPM = 'npm@11.6.2';
const root = join(import.meta.dirname, '..');
for (const old of ['package-lock.json', 'node_modules']) rmSync(join(root, old), { recursive: true, force: true });
const command = ['exec', '--yes', `--package=${NPM}`, '--', 'npm', 'install', '--package-lock-only'];
process.exit(spawnSync('npm', command, { cwd: root, stdio: 'inherit' }).status ?? 1);
