/** What must hold of the web part before it is committed; the first failure ends it with a word on what to do. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { API_SCHEMA, apiSchema } from '@lamphouse/api-types';
import { pluginUis } from './build-plugin-uis.mjs';

const root = join(import.meta.dirname, '..');
const KILOBYTE = 1000;
const CATALOGUE = /messages[\\/]([a-z]{2})\.json$/;
const BUDGETS_KB = { script: 230, style: 25, route: 60, plugin: 80 };
/** Words of the domains that plugins bring. The shell knows none of them. */
const DOMAIN_WORDS = new RegExp(
  `\\b(${readFileSync(join(root, '../plugins/domain-words.txt'), 'utf8').trim().split('\n').join('|')})\\b`,
  'i',
);

function fail(message) {
  console.error(`check failed: ${message}`);
  process.exit(1);
}

function run(command, ...args) {
  const { status } = spawnSync(join(root, 'node_modules/.bin', command), args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) fail(`${command} ${args.join(' ')}`);
}

function files(folder, wanted) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && wanted.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/node_modules|[\\/]dist[\\/]|test-results/.test(path));
}

function checkTypes() {
  run('tsc', '--noEmit');
  for (const id of pluginUis()) run('tsc', '--noEmit', '-p', join('..', 'plugins', id, 'ui'));
}

function checkDomainWords() {
  for (const path of files(root, /\.(tsx?|mjs|js|css|html|md|json|jsonc)$/)) {
    if (/scripts[\\/]check\.mjs$|package-lock\.json$/.test(path)) continue;
    const found = DOMAIN_WORDS.exec(readFileSync(path, 'utf8'));
    if (found)
      fail(
        `${relative(root, path)} has the domain word "${found[0]}": say it in general terms, or move it to the plugin`,
      );
  }
}

async function checkApiTypes() {
  if ((await apiSchema()) !== readFileSync(API_SCHEMA, 'utf8'))
    fail('the types of the API are not those of docs/generated/openapi.json: run npm run api-types');
}

function checkLock() {
  if (/"resolved": "https?:/.test(readFileSync(join(root, 'package-lock.json'), 'utf8'))) {
    fail('package-lock.json names a registry: run npm run lock');
  }
}

const zipped = (path) => gzipSync(readFileSync(path), { level: 9 }).length;
const kb = (bytes) => `${(bytes / KILOBYTE).toFixed(1)} kB`;

function budget(what, bytes, limitKb) {
  console.log(`${what}: ${kb(bytes)} of ${limitKb} kB`);
  if (bytes > limitKb * KILOBYTE) fail(`${what} is over its budget`);
}

/** All that one entry of the build's manifest loads before it runs. */
function loadedBy(manifest, key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key]?.imports ?? []) loadedBy(manifest, next, seen);
  return seen;
}

function checkShellBudgets() {
  const dist = join(root, 'dist');
  if (!existsSync(join(dist, '.vite/manifest.json'))) fail('there is no build: run npm run build first');
  const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));
  const first = loadedBy(manifest, 'index.html');
  const sum = (names) => [...names].reduce((bytes, name) => bytes + zipped(join(dist, name)), 0);
  // Texts are loaded before anything is drawn, those of one language: the longest counts.
  const texts = Object.keys(manifest).filter((key) => CATALOGUE.test(key));
  const languages = new Set(texts.map((key) => CATALOGUE.exec(key)[1]));
  const ofLanguage = (language) =>
    sum(texts.filter((key) => CATALOGUE.exec(key)[1] === language).map((key) => manifest[key].file));
  const longest = Math.max(...[...languages].map(ofLanguage));
  budget('first load, script', sum([...first].map((key) => manifest[key].file)) + longest, BUDGETS_KB.script);
  budget('first load, style', sum(new Set([...first].flatMap((key) => manifest[key].css ?? []))), BUDGETS_KB.style);
  for (const [key, chunk] of Object.entries(manifest)) {
    if (!chunk.isDynamicEntry || CATALOGUE.test(key)) continue;
    const own = [...loadedBy(manifest, key)].filter((each) => !first.has(each));
    budget(`route ${chunk.name}`, sum(own.map((each) => manifest[each].file)), BUDGETS_KB.route);
  }
}

function checkPluginBudgets() {
  for (const id of pluginUis()) {
    const dist = join(root, '../plugins', id, 'ui/dist');
    if (!existsSync(dist)) fail(`the UI of ${id} is not built: run npm run build first`);
    const scripts = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith('.js'));
    budget(
      `plugin ${id}`,
      scripts.reduce((bytes, name) => bytes + zipped(join(dist, name)), 0),
      BUDGETS_KB.plugin,
    );
  }
}

await checkApiTypes();
checkTypes();
run('biome', 'check', '--error-on-warnings', '.');
checkDomainWords();
checkLock();
checkShellBudgets();
checkPluginBudgets();
console.log('web check passed');
