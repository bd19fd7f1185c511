/** A data folder with a server of its own: the built program, told what to do, started, read and ended. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Manifest, withManifest } from './plugin-package';

const workspace = resolve(import.meta.dirname, '../..');
const START_MS = 30_000;
const END_MS = 10_000;
/** Settings of whoever runs the tests; they would lead the server elsewhere. */
const SETTINGS = ['DATABASE_URL', 'LAMPHOUSE_DATA', 'LAMPHOUSE_LISTEN', 'LAMPHOUSE_LOG', 'LAMPHOUSE_ALLOWED_HOSTS'];

/** What `./x build` left in the checkout, else in cargo's own target folder. */
function built(name: string): string {
  const folders = ['target', process.env.CARGO_TARGET_DIR].filter((folder) => folder !== undefined);
  const found = folders.map((folder) => resolve(workspace, folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`there is no target/${name}: ./x test e2e makes it`);
  return found;
}

const program = () => process.env.LAMPHOUSE_BIN ?? built('release/lamphouse');

function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !SETTINGS.includes(name)));
}

/** Resolves to what `work` gives, or fails with `what` after a time. */
async function within<T>(milliseconds: number, what: () => string, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(what())), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export class House {
  readonly #root = mkdtempSync(join(tmpdir(), 'lamphouse-e2e-'));
  #server: ChildProcess | null = null;

  /** Runs a command of the program on this data folder. */
  run(...words: string[]): void {
    execFileSync(program(), [...words, '--data', this.#data], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Makes a folder that another built program fills; its path. */
  folder(name: string, generator: string, ...words: string[]): string {
    const folder = join(this.#root, name);
    mkdirSync(folder);
    execFileSync(built(`release/${generator}`), [folder, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    return folder;
  }

  /** Makes such a folder and mounts it to be read and watched; its path. */
  mount(name: string, generator: string): string {
    const folder = this.folder(name, generator);
    this.run('mount', 'add', name, folder, '--rights', 'read,watch');
    return folder;
  }

  /** Installs a built plugin with all that it asks for. */
  install(plugin: string): void {
    this.run('plugin', 'install', built(`plugins/${plugin}.lamp.wasm`), '--grant-all');
  }

  /** The same plugin with what `change` makes of its manifest. */
  installChanged(plugin: string, change: (manifest: Manifest) => void): void {
    const path = join(this.#root, `${plugin}-changed.lamp.wasm`);
    writeFileSync(path, withManifest(readFileSync(built(`plugins/${plugin}.lamp.wasm`)), change));
    this.run('plugin', 'install', path, '--grant-all');
  }

  /** Puts the built plugin in the place of another version, and grants nothing. */
  upgrade(plugin: string): void {
    this.run('plugin', 'install', built(`plugins/${plugin}.lamp.wasm`));
  }

  /** Starts the server on a free port. Shape: the link to the first account, as it prints it. */
  async serve(): Promise<string> {
    const log = openSync(this.#log, 'w');
    const words = ['serve', '--listen', '127.0.0.1:0', '--data', this.#data];
    const server = spawn(program(), words, { env: environment(), stdio: ['ignore', 'pipe', log] });
    closeSync(log);
    this.#server = server;
    // Should this process be told to exit before the test can tidy up.
    process.once('exit', () => server.kill('SIGKILL'));
    const link = new Promise<string>((found, refuse) => {
      if (server.stdout === null) return refuse(new Error('the server has no output to read'));
      createInterface(server.stdout).on('line', (line) => {
        const [, address] = /^make the first account: (http:\S+)$/.exec(line) ?? [];
        if (address !== undefined) found(address);
      });
      server.once('error', refuse);
      server.once('exit', () => refuse(new Error(`the server ended before it served: ${this.log()}`)));
    });
    return within(START_MS, () => `the server printed no link to the first account: ${this.log()}`, link);
  }

  /** What the server wrote to its log. */
  log(): string {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8') : '';
  }

  /** Ends the server as an operator would and removes the folder; fails when it does not end in time. */
  async end(): Promise<void> {
    const server = this.#server;
    try {
      if (server !== null && server.exitCode === null && server.signalCode === null) {
        const ended = new Promise((resolve) => server.once('exit', resolve));
        server.kill('SIGTERM');
        await within(END_MS, () => `the server does not end when told to: ${this.log()}`, ended);
      }
    } finally {
      server?.kill('SIGKILL');
      rmSync(this.#root, { recursive: true, force: true });
    }
  }

  get #data(): string {
    return join(this.#root, 'data');
  }

  get #log(): string {
    return join(this.#root, 'server.log');
  }
}
