import { createMockHost, Refusal } from '@lamphouse/ui-testing';
import * as v from 'valibot';
import { describe, expect, it, vi } from 'vitest';
import { connectFrame } from '../features/plugin-pages/frame-bridge';
import { frameSource } from '../features/plugin-pages/frame-view';
import { createFrameHost } from './frame-host';
import { createRate, mayHear, staysBelow } from './limits';
import { FrameMessage, type FrameStart, type ShellMessage } from './protocol';

describe('staysBelow', () => {
  it.each(['/items', '/items/7', '/', '/a.b/c-d', '/items/%20x'])('lets %s pass', (path) => {
    expect(staysBelow('sample', path)).toBe(true);
  });

  it.each([
    '/../../users',
    '/items/../../../keys',
    '/%2e%2e/%2e%2e/users',
    '/.%2E/x',
    '/items%2f..%2fusers',
    '/..\\users',
    '/items?x=1',
    '/items#x',
    '//elsewhere.invalid/../../../users',
  ])('refuses %s', (path) => expect(staysBelow('sample', path)).toBe(false));
});

describe('createRate', () => {
  it('lets so many pass in a window and then again', () => {
    let now = 0;
    const may = createRate(2, 1000, () => now);
    expect([may(), may(), may()]).toEqual([true, true, false]);
    now = 1000;
    expect(may()).toBe(true);
  });
});

describe('mayHear', () => {
  it.each([
    ['sample.changed', {}, true],
    ['other.changed', {}, false],
    ['other.changed', { plugin: 'sample' }, true],
    ['jobs.changed', { plugin: 'sample' }, true],
    ['jobs.changed', { plugin: 'other' }, false],
    ['plugins.changed', { id: 'sample' }, false],
  ])('%s with %o: %s', (type, data, heard) => expect(mayHear('sample', { type, data })).toBe(heard));
});

it('refuses messages that are not of the protocol', () => {
  const wrong: unknown[] = [
    null,
    7,
    'call',
    {},
    { type: 'eval' },
    { type: 'call', id: 1 },
    { type: 'call', id: -1, method: 'GET', path: '/' },
    { type: 'call', id: 1, method: 'TRACE', path: '/' },
    { type: 'navigate', to: 'javascript:alert(1)', replace: false },
    { type: 'height', px: 1e9 },
  ];
  for (const message of wrong) expect(v.safeParse(FrameMessage, message).success).toBe(false);
});

it('finds the frame of an entry by its digest', () => {
  expect(frameSource('sample', '/plugins/sample/0123456789ab/ui/index.js', 'items')).toBe(
    '/plugin-frame/sample/0123456789ab/items',
  );
});

/** Both ends of the bridge, joined by a real channel. */
async function bridge() {
  const routes = {
    'GET /items': () => ['one'],
    'GET /bad': () => new Refusal(409, { code: 'conflict', message: 'no' }),
  };
  const mock = createMockHost({ id: 'sample', routes, confirms: () => false });
  const { port1, port2 } = new MessageChannel();
  const start = new Promise<FrameStart>((resolve) => {
    port2.onmessage = ({ data }: MessageEvent<ShellMessage>) => (data.type === 'start' ? resolve(data) : undefined);
  });
  const close = connectFrame(port1, {
    host: mock.host,
    entry: '/e.js',
    exported: 'items',
    kind: 'page',
    onHeight: () => undefined,
    onKey: () => undefined,
  });
  const host = createFrameHost(port2, await start);
  return { mock, host, close, port2 };
}

describe('bridge', () => {
  it('carries calls and their refusals', async () => {
    const { host, close } = await bridge();
    expect(await host.transport({ method: 'GET', path: '/items' })).toMatchObject({ status: 200, body: ['one'] });
    expect(await host.transport({ method: 'GET', path: '/bad' })).toMatchObject({ status: 409 });
    close();
  });

  it('refuses paths outside the plugin without asking the host', async () => {
    const { host, mock, close } = await bridge();
    await expect(host.transport({ method: 'GET', path: '/%2e%2e/users' })).rejects.toThrow('not one of the plugin');
    expect(mock.calls).toEqual([]);
    close();
  });

  it('carries events of the plugin only, and questions', async () => {
    const { host, mock, close } = await bridge();
    const heard: string[] = [];
    host.subscribe(['*'], (event) => heard.push(event.type));
    expect(await host.confirm({ title: 'Sure?', message: '', confirmLabel: 'Yes' })).toBe(false);
    mock.emit('other.changed');
    mock.emit('sample.changed');
    await vi.waitFor(() => expect(heard).toEqual(['sample.changed']));
    close();
  });

  it('lets three toasts a minute through, with the name of the plugin', async () => {
    const { host, mock, close } = await bridge();
    for (let at = 0; at < 5; at++) host.toast({ title: `t${at}` });
    await host.transport({ method: 'GET', path: '/items' });
    expect(mock.toasts.map((toast) => toast.title)).toEqual(['sample: t0', 'sample: t1', 'sample: t2']);
    close();
  });

  it('follows the address, and moves it', async () => {
    const { host, close } = await bridge();
    host.navigate('/7?tab=log', { replace: false });
    await vi.waitFor(() => expect(host.location.get()).toMatchObject({ path: '/7', search: '?tab=log' }));
    close();
  });
});
