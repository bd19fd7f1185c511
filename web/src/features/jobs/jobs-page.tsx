import type { Job, JobState } from '@lamphouse/sdk';
import {
  Button,
  DataTable,
  EmptyState,
  FilterChip,
  formatCount,
  formatSort,
  Page,
  parseSort,
  SearchField,
  Split,
  Tabs,
  Toolbar,
} from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { Activity, Ban, RotateCcw } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { t } from '../../lib/messages';
import { jobSummaryQuery, pluginsQuery } from '../../lib/queries';
import { useSession } from '../../lib/session';
import { useUrlState } from '../../lib/url-state';
import { JOB_COLUMNS } from './job-columns';
import { JobPanel } from './job-panel';
import { JOB_STATES, UNFINISHED } from './job-state';
import { useCancelJobs, useRetryJobs } from './use-job-actions';
import { useJobList } from './use-job-list';

const DEFAULTS = {
  state: 'all',
  plugin: '',
  kind: '',
  q: '',
  sort: 'created-',
  job: '',
  tab: 'overview',
};

const TABS: { id: string; label: string; states: JobState[] }[] = [
  {
    id: 'all',
    get label() {
      return t('jobs.all');
    },
    states: [],
  },
  {
    id: 'running',
    get label() {
      return t('jobs.running');
    },
    states: ['leased'],
  },
  {
    id: 'waiting',
    get label() {
      return t('jobs.waiting');
    },
    states: ['blocked'],
  },
  {
    id: 'queued',
    get label() {
      return t('jobs.queued');
    },
    states: ['available'],
  },
  {
    id: 'failed',
    get label() {
      return t('jobs.failed');
    },
    states: ['failed'],
  },
  {
    id: 'done',
    get label() {
      return t('jobs.done');
    },
    states: ['succeeded'],
  },
  {
    id: 'cancelled',
    get label() {
      return t('jobs.cancelled');
    },
    states: ['cancelled'],
  },
];

const NOTHING: ReadonlySet<string> = new Set();

export function JobsPage() {
  const [view, setView] = useUrlState(DEFAULTS);
  const [selected, setSelected] = useState(NOTHING);
  const summary = useQuery(jobSummaryQuery);
  const { can } = useSession();
  const states = TABS.find((tab) => tab.id === view.state)?.states ?? [];
  const list = useJobList({ state: states.join(','), plugin: view.plugin, kind: view.kind, q: view.q });
  const sort = useMemo(() => parseSort(view.sort), [view.sort]);
  const filtered = view.q !== '' || view.plugin !== '' || view.kind !== '';
  const clear = () => setView({ q: '', plugin: '', kind: '', state: 'all' });
  const chosen = useMemo(() => list.jobs.filter((job) => selected.has(job.id)), [list.jobs, selected]);
  const at = list.jobs.findIndex((job) => job.id === view.job);
  const previous = list.jobs[at - 1];
  const next = at < 0 ? undefined : list.jobs[at + 1];
  usePanelKeys(
    view.job !== '',
    () => previous && setView({ job: previous.id }),
    () => next && setView({ job: next.id }),
  );

  const count = (wanted: JobState[]) => {
    if (summary.data === undefined) return {};
    const counted = wanted.length === 0 ? (Object.keys(JOB_STATES) as JobState[]) : wanted;
    return { count: counted.reduce((sum, state) => sum + (summary.data[state] ?? 0), 0) };
  };

  const table = (
    <Split
      panel={
        view.job === '' ? null : (
          <JobPanel
            id={view.job}
            tab={view.tab}
            onTab={(tab) => setView({ tab })}
            onClose={() => setView({ job: '', tab: 'overview' })}
            {...(previous ? { onPrevious: () => setView({ job: previous.id }) } : {})}
            {...(next ? { onNext: () => setView({ job: next.id }) } : {})}
          />
        )
      }
    >
      <DataTable<Job>
        name="jobs"
        label={t('jobs.jobs')}
        rows={list.jobs}
        rowId={(job) => job.id}
        columns={JOB_COLUMNS}
        sort={sort}
        onSortChange={(changed) => setView({ sort: formatSort(changed) })}
        {...(can('jobs:manage') ? { selected, onSelectedChange: setSelected } : {})}
        activeId={view.job}
        onOpen={(job) => setView({ job: job.id }, { replace: view.job !== '' })}
        loading={list.isPending}
        error={list.error}
        onRetry={() => void list.refetch()}
        {...(list.total === null ? {} : { total: list.total })}
        empty={<NoJobs filtered={filtered} state={view.state} onClear={clear} />}
        footer={
          list.hasNextPage ? (
            <Button size="small" pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('jobs.loadOlderJobs')}
            </Button>
          ) : null
        }
      />
    </Split>
  );

  return (
    <Page title={t('jobs.jobs')} fill>
      {chosen.length > 0 ? (
        <SelectionBar jobs={chosen} onClear={() => setSelected(NOTHING)} />
      ) : (
        <JobFilters view={view} setView={setView} />
      )}
      <Tabs
        label={t('jobs.jobsByState')}
        value={view.state}
        onChange={(state) => setView({ state })}
        tabs={TABS.map(({ id, label, states: wanted }) => ({
          id,
          label,
          ...count(wanted),
          content: id === view.state ? table : null,
        }))}
      />
    </Page>
  );
}

function usePanelKeys(open: boolean, previous: () => void, next: () => void) {
  useEffect(() => {
    if (!open) return;
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === '[') previous();
      if (event.key === ']') next();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}

type View = ReturnType<typeof useUrlState<typeof DEFAULTS>>[0];
type SetView = ReturnType<typeof useUrlState<typeof DEFAULTS>>[1];

/** The host filters by one plugin and one kind: the choice of another replaces the first. */
function JobFilters({ view, setView }: { view: View; setView: SetView }) {
  const { can } = useSession();
  const { data: plugins = [] } = useQuery({ ...pluginsQuery, enabled: can('plugins:read') });
  const shown = view.plugin === '' ? plugins : plugins.filter((plugin) => plugin.id === view.plugin);
  const kinds = new Map(shown.flatMap((plugin) => plugin.jobs.map(({ kind, title }) => [kind, title])));
  return (
    <Toolbar label={t('jobs.filterJobs')}>
      <SearchField value={view.q} onChange={(q) => setView({ q })} placeholder={t('jobs.searchJobs')} />
      <FilterChip
        label={t('jobs.plugin')}
        options={plugins.map(({ id, name }) => ({ value: id, label: name }))}
        selected={view.plugin ? [view.plugin] : []}
        onChange={(chosen) => setView({ plugin: chosen.at(-1) ?? '', kind: '' })}
      />
      <FilterChip
        label={t('jobs.kind')}
        options={[...kinds].map(([value, label]) => ({ value, label }))}
        selected={view.kind ? [view.kind] : []}
        onChange={(chosen) => setView({ kind: chosen.at(-1) ?? '' })}
      />
    </Toolbar>
  );
}

function SelectionBar({ jobs, onClear }: { jobs: Job[]; onClear: () => void }) {
  const cancel = useCancelJobs();
  const retry = useRetryJobs();
  const open = jobs.filter((job) => UNFINISHED.includes(job.state));
  const again = jobs.filter((job) => job.state === 'failed' || job.state === 'cancelled');
  return (
    <Toolbar label={t('jobs.selectedJobs')}>
      <span className="font-medium">{t('jobs.selected', { count: formatCount(jobs.length) })}</span>
      <Button
        size="small"
        icon={Ban}
        disabled={open.length === 0}
        pending={cancel.isPending}
        onClick={() => cancel.mutate(open, { onSuccess: onClear })}
      >
        {t('jobs.cancel', { count: formatCount(open.length) })}
      </Button>
      <Button
        size="small"
        icon={RotateCcw}
        disabled={again.length === 0}
        pending={retry.isPending}
        onClick={() => retry.mutate(again, { onSuccess: onClear })}
      >
        {t('jobs.runAgain2', { count: formatCount(again.length) })}
      </Button>
      <Button size="small" variant="ghost" onClick={onClear}>
        {t('jobs.clearSelection')}
      </Button>
    </Toolbar>
  );
}

function NoJobs({ filtered, state, onClear }: { filtered: boolean; state: string; onClear: () => void }) {
  if (filtered || state !== 'all') {
    return (
      <EmptyState
        icon={Activity}
        title={t('jobs.noJobMatches')}
        message={t('jobs.noJobPassesTheFilters')}
        action={<Button onClick={onClear}>{t('jobs.clearFilters')}</Button>}
      />
    );
  }
  return <EmptyState icon={Activity} title={t('jobs.noJobsYet')} message={t('jobs.pluginsQueueTheirLongWork')} />;
}
