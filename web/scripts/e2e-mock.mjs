/** Runs the browser tests: brings the built shell on the mock backend for those that need it, and stops it again. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { preview } from 'vite';

const root = join(import.meta.dirname, '..');
const server = await preview({
  root,
  configFile: join(root, 'vite.config.ts'),
  mode: 'mock',
  logLevel: 'warn',
  preview: { host: '127.0.0.1', port: 0 },
});
const { port } = server.httpServer.address();
const tests = spawn(join(root, 'node_modules/.bin/playwright'), ['test', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, BASE_URL: `http://127.0.0.1:${port}` },
});
tests.on('exit', async (code) => {
  await server.close();
  process.exit(code ?? 1);
});
