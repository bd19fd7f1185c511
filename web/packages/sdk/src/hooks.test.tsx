import { renderPlugin } from '@lamphouse/ui-testing';
import { fireEvent } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import {
  definePlugin,
  Link,
  useApiMutation,
  useApiQuery,
  useConnection,
  useJobProgress,
  useRefetchOn,
  useSearch,
  useSession,
} from './index';

function Counter() {
  const { data } = useApiQuery<{ count: number }>('/count');
  useRefetchOn(['count.*'], ['/count']);
  const add = useApiMutation((api) => api.post('/count'), { invalidates: ['/count'] });
  return (
    <button type="button" onClick={() => add.mutate()}>
      count {data?.count}
    </button>
  );
}

function Address() {
  const [view, set] = useSearch({ tab: 'one', tags: [] as string[] });
  return (
    <>
      <button type="button" onClick={() => set({ tab: 'two', tags: ['x', 'y'] })}>
        {view.tab} {view.tags.join('+')}
      </button>
      <Link to="/7" search={{ tab: 'log' }}>
        seven
      </Link>
    </>
  );
}

function Surroundings() {
  const { can } = useSession();
  const { status } = useConnection();
  const progress = useJobProgress('j1');
  return <p>{[can('things:read'), can('things:write'), status, progress?.percent ?? 'none'].join(' ')}</p>;
}

const plugin = definePlugin({ pages: { counter: Counter, address: Address, surroundings: Surroundings } });

describe('hooks', () => {
  it('refetch after a mutation, after an event, and after a lost connection', async () => {
    let count = 0;
    const routes = { 'GET /count': () => ({ count }), 'POST /count': () => ({ count: ++count }) };
    const view = renderPlugin(plugin, { page: 'counter', routes });
    fireEvent.click(await view.findByText('count 0'));
    expect(await view.findByText('count 1')).toBeTruthy();
    count = 5;
    view.emit('count.changed');
    expect(await view.findByText('count 5')).toBeTruthy();
    count = 9;
    view.setConnection('offline');
    view.setConnection('live');
    expect(await view.findByText('count 9')).toBeTruthy();
  });

  it('keep view state in the address and link below the mount', () => {
    const view = renderPlugin(plugin, { page: 'address', id: 'sample' });
    fireEvent.click(view.getByRole('button'));
    expect(view.location().search).toBe('?tab=two&tags=x,y');
    expect(view.getByRole('button').textContent).toBe('two x+y');
    expect(view.getByText('seven').getAttribute('href')).toBe('/p/sample/7?tab=log');
    fireEvent.click(view.getByText('seven'));
    expect(view.location()).toMatchObject({ path: '/7', search: '?tab=log' });
  });

  it('tell permissions, connection and progress', async () => {
    const view = renderPlugin(plugin, { page: 'surroundings', permissions: ['things:read'] });
    expect(view.getByText('true false live none')).toBeTruthy();
    view.emit('jobs.progress', { id: 'j1', progress: { percent: 40, message: null } });
    expect(await view.findByText('true false live 40')).toBeTruthy();
  });
});
