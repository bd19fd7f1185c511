//! The whole queue under a seeded random life: several hosts, kills, stalls, late writes, cancels, operations.
//! Everything runs in one task, so that a seed repeats its run; a failing seed is in the panic text.

use crate::support::{World, job, plugin, world};
use lamp_core::id::{JobId, OperationId};
use lamp_core::job::{JobOutcome, JobState, NewJob};
use lamp_core::operation::{OperationProgress, OperationState};
use lamp_jobs::state::{self, Circumstances};
use lamp_store::audit::Origin;
use lamp_store::jobs::{Beat, Claim, ClaimKind, Fenced, Finish, JobFilter, Lane, Lease, ReapScope};
use lamp_store::operations::{ClaimOperations, NewOperation, OperationEnd, OperationLease, Room};
use lamp_store::testing::Backend;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::{BTreeMap, BTreeSet};

const LEASE_MS: i64 = 30_000;
const LANES: [(&str, u32); 3] = [("one", 1), ("three", 3), ("many", 8)];
const HOSTS: usize = 3;

/// A host as the simulation knows it: what it believes to hold, rightly or not.
#[derive(Default)]
struct Host {
    life: u32,
    held: Vec<Lease>,
    operations: Vec<OperationLease>,
}

struct Simulation {
    world: World,
    random: StdRng,
    hosts: [Host; HOSTS],
    /// Effects by job: a run that succeeds counts one in the transaction that ends it.
    successes: BTreeMap<JobId, u32>,
    retried: BTreeMap<JobId, u32>,
    jobs: Vec<JobId>,
    fences: BTreeSet<(JobId, i64)>,
    refused: u32,
}

impl Simulation {
    fn owner(&self, host: usize) -> String {
        format!("host{host}/{}", self.hosts[host].life)
    }

    fn kinds() -> Vec<ClaimKind> {
        LANES
            .iter()
            .map(|(lane, _)| ClaimKind { plugin: plugin(), kind: (*lane).to_owned(), lane: format!("hello/{lane}") })
            .collect()
    }

    async fn step(&mut self) {
        let host = self.random.random_range(0..HOSTS);
        match self.random.random_range(0..100) {
            0..=19 => self.enqueue().await,
            20..=39 => self.claim(host).await,
            40..=61 => self.finish(host).await,
            62..=66 => self.beat(host).await,
            67..=69 => self.world.clock.advance_ms(self.random.random_range(0..LEASE_MS)),
            70..=72 => self.kill(host).await,
            73..=76 => self.reap().await,
            77..=80 => self.cancel().await,
            81..=82 => self.retry().await,
            83..=86 => self.checkpoint(host).await,
            87..=91 => self.begin_operations(host).await,
            _ => self.end_operation(host).await,
        }
    }

    async fn enqueue(&mut self) {
        let (lane, _) = LANES[self.random.random_range(0..LANES.len())];
        let unique_key = self.random.random_bool(0.3).then(|| self.random.random_range(0..4).to_string());
        let new = NewJob {
            priority: self.random.random_range(1..=9),
            run_at: self.world.store.now().plus_ms(self.random.random_range(-1_000..5_000)),
            max_attempts: self.random.random_range(1..4),
            unique_key,
            ..job(lane)
        };
        let enqueued = self.world.store.enqueue_job(&new).await.unwrap();
        assert_eq!(enqueued.created, !self.jobs.contains(&enqueued.id));
        if enqueued.created {
            self.jobs.push(enqueued.id);
        }
    }

    async fn claim(&mut self, host: usize) {
        let (owner, kinds) = (self.owner(host), Self::kinds());
        let limit = self.random.random_range(1..6);
        let claim = Claim { owner: &owner, lease_ms: LEASE_MS, kinds: &kinds, limit };
        let jobs = self.world.store.claim_jobs(&claim).await.unwrap();
        assert!(jobs.len() <= limit as usize);
        assert!(jobs.windows(2).all(|pair| pair[0].priority >= pair[1].priority));
        for job in jobs {
            assert!(job.attempt <= job.max_attempts, "{job:?}");
            assert!(job.run_at <= self.world.store.now());
            assert!(self.fences.insert((job.id.clone(), job.fence)), "fence used twice: {job:?}");
            self.hosts[host].held.push(Lease { job: job.id, fence: job.fence });
        }
    }

    fn take_lease(&mut self, host: usize) -> Option<Lease> {
        let held = self.hosts[host].held.len();
        (held > 0).then(|| self.random.random_range(0..held)).map(|at| self.hosts[host].held.swap_remove(at))
    }

    async fn outcome(&mut self) -> JobOutcome {
        let checkpoint = self.random.random_bool(0.3).then(|| vec![1, 2]);
        match self.random.random_range(0..10) {
            0..=3 => JobOutcome::Done(Some("1".to_owned())),
            4 => JobOutcome::AgainAfterMs { delay_ms: self.random.random_range(0..5_000), checkpoint },
            5 | 6 => {
                let new = NewOperation { plugin: plugin(), kind: "test".to_owned(), arguments: "{}".to_owned() };
                let operation = self.world.store.create_operation(&new).await.unwrap();
                // Half of them end before the job says that it waits.
                if self.random.random_bool(0.5) {
                    self.begin_operations(0).await;
                    self.end_operation(0).await;
                }
                JobOutcome::ResumeOn { operation, checkpoint }
            }
            7 => JobOutcome::Retry { message: "again".to_owned(), after_ms: None },
            8 => JobOutcome::Released,
            _ => JobOutcome::Fatal("broken".to_owned()),
        }
    }

    async fn finish(&mut self, host: usize) {
        let Some(lease) = self.take_lease(host) else { return };
        let outcome = self.outcome().await;
        let operation = match &outcome {
            JobOutcome::ResumeOn { operation, .. } => Some(operation.clone()),
            _ => None,
        };
        let succeeds = matches!(outcome, JobOutcome::Done(_));
        let (now, jitter) = (self.world.store.now(), self.random.random());
        let rightful = self.is_rightful(&lease).await;
        let decide = move |row: &lamp_core::job::Job, operation: Option<OperationState>| {
            state::next(row, outcome.clone(), Circumstances { now, backoff_ms: &[1_000], jitter, operation })
        };
        let finish = Finish { lease: lease.clone(), operation, decide: Box::new(decide) };
        let written = self.world.store.finish_jobs(&[finish]).await.unwrap().remove(0);
        assert_eq!(written.is_some(), rightful, "{lease:?}");
        if succeeds && written.is_some() {
            *self.successes.entry(lease.job).or_default() += 1;
        }
        self.refused += u32::from(!rightful);
    }

    async fn is_rightful(&self, lease: &Lease) -> bool {
        let row = self.world.store.find_job(&lease.job).await.unwrap().unwrap();
        row.state == JobState::Leased && row.fence == lease.fence
    }

    async fn beat(&mut self, host: usize) {
        let held = self.hosts[host].held.clone();
        let until = self.world.store.now().plus_ms(LEASE_MS);
        let beats = self.world.store.beat_jobs(&held, until).await.unwrap();
        for (lease, beat) in held.iter().zip(beats) {
            assert_eq!(beat != Beat::FencedOut, self.is_rightful(lease).await);
        }
    }

    async fn checkpoint(&mut self, host: usize) {
        let Some(lease) = self.take_lease(host) else { return };
        let rightful = self.is_rightful(&lease).await;
        let written = self.world.store.save_job_checkpoint(&lease, b"here").await.unwrap();
        assert_eq!(written == Fenced::Written, rightful);
        self.hosts[host].held.push(lease);
    }

    /// Half of the kills are stalls: the dead life goes on believing in its leases and writes late.
    async fn kill(&mut self, host: usize) {
        if self.random.random_bool(0.5) {
            self.hosts[host].held.clear();
            self.hosts[host].operations.clear();
        }
        self.hosts[host].life += 1;
        let (prefix, owner, now) = (format!("host{host}/"), self.owner(host), self.world.store.now());
        let scope = ReapScope::EarlierLives { prefix: &prefix, owner: &owner };
        self.world.store.reap_jobs(scope, 100, &|job, losses| state::lost(job, losses, now)).await.unwrap();
        self.world.store.reap_operations(scope, 100).await.unwrap();
    }

    async fn reap(&mut self) {
        let now = self.world.store.now();
        self.world
            .store
            .reap_jobs(ReapScope::Expired, 100, &|job, losses| state::lost(job, losses, now))
            .await
            .unwrap();
        self.world.store.reap_operations(ReapScope::Expired, 100).await.unwrap();
    }

    async fn cancel(&mut self) {
        if !self.jobs.is_empty() {
            let at = self.random.random_range(0..self.jobs.len());
            self.world.store.cancel_job(&self.jobs[at], None).await.unwrap();
        }
    }

    async fn retry(&mut self) {
        if self.jobs.is_empty() {
            return;
        }
        let id = self.jobs[self.random.random_range(0..self.jobs.len())].clone();
        // Refused while it is unfinished or its key is taken: both are fine here.
        if self.world.store.retry_job(&id, &Origin::system()).await.is_ok() {
            *self.retried.entry(id).or_default() += 1;
        }
    }

    async fn begin_operations(&mut self, host: usize) {
        let owner = self.owner(host);
        let rooms = [Room { kind: "test".to_owned(), free: 2 }];
        let wanted = ClaimOperations { owner: &owner, lease_ms: LEASE_MS, rooms: &rooms };
        for claimed in self.world.store.claim_operations(&wanted).await.unwrap() {
            let lease = OperationLease { operation: claimed.operation.id, fence: claimed.fence };
            self.hosts[host].operations.push(lease);
        }
    }

    async fn end_operation(&mut self, host: usize) {
        let Some(lease) = self.hosts[host].operations.pop() else { return };
        let end = match self.random.random_range(0..3) {
            0 => OperationEnd::Failed("no".to_owned()),
            1 => OperationEnd::Cancelled,
            _ => OperationEnd::Succeeded("1".to_owned()),
        };
        let _either = self.world.store.finish_operation(&lease, &OperationProgress::default(), &end).await.unwrap();
    }

    /// What must hold after every step.
    async fn check(&self) {
        let store = &self.world.store;
        for lane in store.list_lanes().await.unwrap() {
            assert!(lane.leased <= u64::from(lane.max_leased), "{lane:?}");
        }
        let mut keys = BTreeSet::new();
        for row in store.list_jobs(&JobFilter::default(), 10_000).await.unwrap() {
            if let (false, Some(key)) = (row.state.is_final(), &row.unique_key) {
                assert!(keys.insert((row.kind.clone(), key.clone())), "two unfinished jobs of key {key}");
            }
            if row.state == JobState::Blocked {
                let id: &OperationId = row.waits_for.as_ref().unwrap();
                let state = store.find_operation(id).await.unwrap().unwrap().state;
                assert!(!state.is_final(), "job {} waits for an ended operation", row.id);
            }
            if matches!(row.state, JobState::Available | JobState::Blocked) {
                assert!(row.attempt < row.max_attempts, "{row:?}");
            }
        }
    }

    /// Lets everything end in good order: nothing is lost, nothing waits for ever.
    async fn drain(&mut self) {
        for host in 0..HOSTS {
            self.hosts[host].held.clear();
            self.hosts[host].operations.clear();
            self.hosts[host].life += 1;
        }
        self.world.clock.advance_ms(2 * LEASE_MS);
        let unfinished = JobFilter {
            states: vec![JobState::Available, JobState::Leased, JobState::Blocked],
            ..JobFilter::default()
        };
        for _ in 0..500 {
            self.reap().await;
            self.begin_operations(0).await;
            while !self.hosts[0].operations.is_empty() {
                self.end_operation(0).await;
            }
            self.claim(0).await;
            while let Some(lease) = self.take_lease(0) {
                let now = self.world.store.now();
                let decide = move |row: &lamp_core::job::Job, operation: Option<OperationState>| {
                    let seen = Circumstances { now, backoff_ms: &[], jitter: 0.5, operation };
                    state::next(row, JobOutcome::Done(None), seen)
                };
                let finish = Finish { lease: lease.clone(), operation: None, decide: Box::new(decide) };
                assert!(self.world.store.finish_jobs(&[finish]).await.unwrap()[0].is_some());
                *self.successes.entry(lease.job).or_default() += 1;
            }
            if self.world.store.list_jobs(&unfinished, 1).await.unwrap().is_empty() {
                return;
            }
            self.world.clock.advance_ms(10_000);
        }
        panic!("jobs are left: {:?}", self.world.store.list_jobs(&unfinished, 10).await);
    }

    async fn verdict(&self) {
        let all = self.world.store.list_jobs(&JobFilter::default(), 10_000).await.unwrap();
        assert_eq!(all.len(), self.jobs.len(), "nothing is lost, nothing is made up");
        for row in all {
            let (wins, retries) = (self.successes.get(&row.id).copied(), self.retried.get(&row.id).copied());
            let (wins, retries) = (wins.unwrap_or(0), retries.unwrap_or(0));
            assert!(wins <= 1 + retries, "{wins} successes of job {} with {retries} retries", row.id);
            assert!(row.state != JobState::Succeeded || wins >= 1, "succeeded without a run");
            let runs = self.world.store.job_attempts(&row.id).await.unwrap();
            assert!(runs.iter().all(|run| run.ended_at.is_some()), "a run without an end");
            assert_eq!(i64::try_from(runs.len()).unwrap(), row.fence);
            assert!(runs.len() >= wins as usize);
        }
    }
}

async fn live(world: World, seed: u64, steps: u32) -> u32 {
    let lanes: Vec<Lane> = LANES
        .iter()
        .map(|(lane, max_leased)| Lane { plugin: plugin(), lane: (*lane).to_owned(), max_leased: *max_leased })
        .collect();
    world.store.set_lanes(&lanes).await.unwrap();
    let mut simulation = Simulation {
        world,
        random: StdRng::seed_from_u64(seed),
        hosts: Default::default(),
        successes: BTreeMap::new(),
        retried: BTreeMap::new(),
        jobs: Vec::new(),
        fences: BTreeSet::new(),
        refused: 0,
    };
    for _ in 0..steps {
        simulation.step().await;
        simulation.check().await;
    }
    simulation.drain().await;
    simulation.verdict().await;
    simulation.refused
}

/// Runs seeds one after the other; the text of a failure names its seed.
async fn seeds(backend: Backend, seeds: std::ops::Range<u64>, steps: u32) {
    let mut refused = 0;
    for seed in seeds {
        let Some(world) = world(backend).await else { return };
        let run = tokio::spawn(live(world, seed, steps));
        match run.await {
            Ok(late) => refused += late,
            Err(error) => panic!("seed {seed} on {backend:?} fails: {error:?}"),
        }
    }
    assert!(refused > 0, "late writers are part of the simulation");
}

#[tokio::test]
async fn sqlite() {
    seeds(Backend::Sqlite, 0..24, 150).await;
}

#[tokio::test]
async fn postgres() {
    seeds(Backend::Postgres, 100..108, 150).await;
}
