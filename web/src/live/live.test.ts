import type { Job } from '@lamphouse/sdk';
import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reconnectDelay } from './event-stream';
import { applyEvent } from './live-cache';
import { progressOf, setProgress } from './progress-store';
import { createSseParser, type SseFrame } from './sse-parser';

describe('createSseParser', () => {
  const text =
    ': heartbeat\n\nid: 1\nevent: jobs.changed\ndata: {"a":1}\n\nid: 2\r\ndata: one\r\ndata: two\r\n\r\ndata\n\n';
  const whole: SseFrame[] = [
    { id: '1', event: 'jobs.changed', data: '{"a":1}' },
    { id: '2', event: 'message', data: 'one\ntwo' },
    { id: '2', event: 'message', data: '' },
  ];

  it.each([1, 2, 3, 7, 1000])('gives the same frames in pieces of %d characters', (size) => {
    const frames: SseFrame[] = [];
    const parse = createSseParser((frame) => frames.push(frame));
    for (let at = 0; at < text.length; at += size) parse(text.slice(at, at + size));
    expect(frames).toEqual(whole);
  });
});

describe('reconnectDelay', () => {
  it('doubles up to a bound and stays within a quarter of it', () => {
    expect(reconnectDelay(1, () => 0.5)).toBe(500);
    expect(reconnectDelay(3, () => 0.5)).toBe(2000);
    expect(reconnectDelay(50, () => 0.5)).toBe(15_000);
    expect(reconnectDelay(1, () => 0)).toBe(375);
    expect(reconnectDelay(1, () => 1)).toBe(625);
  });
});

describe('applyEvent', () => {
  const job = (id: string, state: Job['state']) => ({ id, state }) as Job;

  function listed() {
    const client = new QueryClient();
    const other = job('b', 'leased');
    client.setQueryData(['jobs', 'list', {}], { pages: [{ items: [job('a', 'available'), other] }] });
    return { client, other };
  }

  const jobs = (client: QueryClient) =>
    client.getQueryData<{ pages: { items: Job[] }[] }>(['jobs', 'list', {}])?.pages[0]?.items;

  it('patches the job in every list and leaves the others as they are', () => {
    const { client, other } = listed();
    const refetched: unknown[] = [];
    applyEvent(client, (key) => refetched.push(key), {
      type: 'jobs.changed',
      timestamp: '',
      data: { id: 'a', state: 'leased' },
    });
    expect(jobs(client)?.[0]?.state).toBe('leased');
    expect(jobs(client)?.[1]).toBe(other);
    expect(refetched).toEqual([['jobs']]);
  });

  it('touches no list for progress', () => {
    const { client } = listed();
    const before = jobs(client);
    const progress = { percent: 4, message: null };
    applyEvent(client, () => expect.unreachable(), {
      type: 'jobs.progress',
      timestamp: '',
      data: { id: 'a', progress },
    });
    expect(jobs(client)).toBe(before);
    expect(progressOf('a').get()).toEqual(progress);
  });

  it('refetches what a plugin change can alter', () => {
    const refetched: unknown[] = [];
    applyEvent(new QueryClient(), (key) => refetched.push(key), {
      type: 'plugins.changed',
      timestamp: '',
      data: { id: 'x' },
    });
    expect(refetched).toEqual([['plugins'], ['navigation'], ['system']]);
  });
});

describe('progress store', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('tells only the listeners of the job, at most four times a second', () => {
    const heard = { a: 0, b: 0 };
    progressOf('a').subscribe(() => heard.a++);
    progressOf('b').subscribe(() => heard.b++);
    for (let percent = 0; percent < 100; percent++) setProgress('a', { percent, message: null });
    vi.advanceTimersByTime(1000);
    expect(heard).toEqual({ a: 1, b: 0 });
    expect(progressOf('a').get()).toEqual({ percent: 99, message: null });
  });
});
