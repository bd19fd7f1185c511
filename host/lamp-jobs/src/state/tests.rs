//! Properties of the job state machine, and the rows of STATE.md that are worth naming.

use super::*;
use lamp_core::id::{JobId, PluginId};
use lamp_core::job::JobProgress;
use proptest::prelude::*;

const NOW: UnixMs = UnixMs(1_000_000);

fn leased(attempt: u32, max_attempts: u32, cancelling: bool) -> Job {
    Job {
        id: JobId::from("job-1"),
        plugin: PluginId::parse("hello").unwrap(),
        kind: "greet".to_owned(),
        payload: "{}".to_owned(),
        lane: "hello/greet".to_owned(),
        priority: 5,
        state: JobState::Leased,
        run_at: UnixMs(0),
        attempt,
        max_attempts,
        fence: i64::from(attempt),
        lease_owner: Some("host/boot".to_owned()),
        lease_until: Some(UnixMs(NOW.0 + 10)),
        cancel_requested_at: cancelling.then_some(UnixMs(5)),
        checkpoint: Some(vec![1]),
        progress: JobProgress::default(),
        waits_for: None,
        resumed_by: Some(OperationId::from("earlier")),
        unique_key: None,
        error: Some("an earlier failure".to_owned()),
        result: None,
        created_at: UnixMs(0),
        started_at: Some(UnixMs(1)),
        finished_at: None,
    }
}

fn seen(operation: Option<OperationState>) -> Circumstances<'static> {
    Circumstances { now: NOW, backoff_ms: &[1_000, 5_000], jitter: 0.5, operation }
}

fn resume_on() -> JobOutcome {
    JobOutcome::ResumeOn { operation: OperationId::from("op-1"), checkpoint: Some(vec![9]) }
}

fn again() -> JobOutcome {
    JobOutcome::AgainAfterMs { delay_ms: 250, checkpoint: None }
}

fn retry_now() -> JobOutcome {
    JobOutcome::Retry { message: "no luck".to_owned(), after_ms: None }
}

fn outcomes() -> impl Strategy<Value = JobOutcome> {
    let checkpoint = || proptest::option::of(proptest::collection::vec(any::<u8>(), 0..8));
    prop_oneof![
        proptest::option::of("[a-z]{0,8}").prop_map(JobOutcome::Done),
        (any::<u64>(), checkpoint())
            .prop_map(|(delay_ms, checkpoint)| JobOutcome::AgainAfterMs { delay_ms, checkpoint }),
        checkpoint().prop_map(|checkpoint| JobOutcome::ResumeOn { operation: "op-1".into(), checkpoint }),
        ("[a-z]{0,8}", proptest::option::of(any::<u64>()))
            .prop_map(|(message, after_ms)| JobOutcome::Retry { message, after_ms }),
        "[a-z]{0,8}".prop_map(JobOutcome::Fatal),
        Just(JobOutcome::Cancelled),
        Just(JobOutcome::Released),
    ]
}

fn operations() -> impl Strategy<Value = Option<OperationState>> {
    proptest::option::of(prop_oneof![
        Just(OperationState::Queued),
        Just(OperationState::Running),
        Just(OperationState::Succeeded),
        Just(OperationState::Failed),
        Just(OperationState::Cancelled),
    ])
}

/// A step of a job's life as the property drives it.
#[derive(Debug, Clone)]
enum Step {
    Ends(JobOutcome, Option<OperationState>),
    Lost,
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        9 => (outcomes(), operations()).prop_map(|(outcome, operation)| Step::Ends(outcome, operation)),
        1 => Just(Step::Lost),
    ]
}

proptest! {
    #[test]
    fn a_row_is_always_well_formed(
        outcome in outcomes(), operation in operations(), attempt in 1u32..6, jitter in -1.0f64..2.0, cancelling: bool,
    ) {
        let row = leased(attempt, 5, cancelling);
        let after = next(&row, outcome, Circumstances { jitter, ..seen(operation) });
        prop_assert_ne!(after.state, JobState::Leased);
        prop_assert_eq!(after.ended_at, NOW);
        prop_assert_eq!(after.state == JobState::Blocked, after.waits_for.is_some());
        prop_assert!(after.run_at.0 <= NOW.0 + i64::try_from(MAX_DELAY_MS).unwrap() * 11 / 10);
        prop_assert!(after.state.is_final() || after.run_at >= NOW);
    }

    #[test]
    fn cancelling_wins_over_whatever_would_run_again(outcome in outcomes(), operation in operations(), attempt in 1u32..6) {
        let keeps_its_end = matches!(outcome, JobOutcome::Done(_) | JobOutcome::Fatal(_));
        let after = next(&leased(attempt, 5, true), outcome, seen(operation));
        prop_assert!(after.state.is_final());
        prop_assert_eq!(after.state != JobState::Cancelled, keeps_its_end);
    }

    /// Drives a whole life: claim, outcome, claim … as the store would.
    #[test]
    fn a_life_ends_once_and_attempts_stay_bounded(
        life in proptest::collection::vec(steps(), 1..60), max_attempts in 1u32..5,
    ) {
        let mut row = leased(0, max_attempts, false);
        let mut losses = 0;
        let (mut retries, mut ends) = (0, 0);
        for step in life {
            row.attempt += 1;
            prop_assert!(row.attempt <= max_attempts, "claimed with {} of {}", row.attempt, max_attempts);
            let before = row.attempt;
            let after = match step {
                Step::Ends(outcome, operation) => {
                    retries += u32::from(matches!(outcome, JobOutcome::Retry { .. }));
                    let free = matches!(
                        outcome,
                        JobOutcome::Released | JobOutcome::AgainAfterMs { .. } | JobOutcome::ResumeOn { .. }
                    );
                    let after = next(&row, outcome, seen(operation));
                    if free && !after.state.is_final() {
                        prop_assert_eq!(after.attempt, before - 1);
                    }
                    after
                }
                Step::Lost => lost(&row, losses, NOW),
            };
            losses = after.losses;
            row.attempt = after.attempt;
            if after.state.is_final() {
                ends += 1;
                break;
            }
        }
        prop_assert!(ends <= 1);
        prop_assert!(retries <= max_attempts);
    }

    #[test]
    fn backoff_stays_within_ten_per_cent(attempt in 1u32..4, jitter in 0.0f64..=1.0) {
        let after = next(&leased(attempt, 5, false), retry_now(), Circumstances { jitter, ..seen(None) });
        let base = if attempt == 1 { 1_000 } else { 5_000 };
        let delay = after.run_at.0 - NOW.0;
        prop_assert!(delay >= base * 9 / 10 && delay <= base * 11 / 10, "{delay} for {base}");
    }
}

#[test]
fn an_operation_that_ended_already_resumes_at_once() {
    for state in [OperationState::Succeeded, OperationState::Failed, OperationState::Cancelled] {
        let after = next(&leased(1, 5, false), resume_on(), seen(Some(state)));
        assert_eq!((after.state, after.run_at), (JobState::Available, NOW), "{state:?}");
        assert_eq!(after.resumed_by, Some("op-1".into()));
        assert_eq!(after.checkpoint, CheckpointChange::Replace(vec![9]));
    }
    let waiting = next(&leased(1, 5, false), resume_on(), seen(Some(OperationState::Running)));
    assert_eq!((waiting.state, waiting.waits_for), (JobState::Blocked, Some("op-1".into())));
    let unknown = next(&leased(1, 5, false), resume_on(), seen(None));
    assert_eq!(unknown.state, JobState::Failed);
}

#[test]
fn a_run_that_was_not_told_to_its_end_is_told_again() {
    for outcome in [JobOutcome::Released, retry_now()] {
        let after = next(&leased(1, 5, false), outcome, seen(None));
        assert_eq!(after.resumed_by, Some("earlier".into()));
    }
    assert_eq!(next(&leased(1, 5, false), again(), seen(None)).resumed_by, None);
}

#[test]
fn a_cancelled_job_takes_its_operation_along() {
    let after = next(&leased(1, 5, true), resume_on(), seen(Some(OperationState::Running)));
    assert_eq!((after.state, after.cancel_operation), (JobState::Cancelled, Some("op-1".into())));
}

#[test]
fn the_last_attempt_fails_and_earlier_ones_wait() {
    assert_eq!(next(&leased(5, 5, false), retry_now(), seen(None)).state, JobState::Failed);
    let wished = JobOutcome::Retry { message: "later".to_owned(), after_ms: Some(7) };
    let after = next(&leased(4, 5, false), wished, seen(None));
    assert_eq!((after.state, after.run_at, after.attempt), (JobState::Available, UnixMs(NOW.0 + 7), 4));
}

#[test]
fn losing_leases_is_free_until_it_never_stops() {
    let row = leased(1, 1, false);
    let after = lost(&row, 3, NOW);
    assert_eq!((after.state, after.attempt, after.losses), (JobState::Available, 0, 4));
    assert_eq!(lost(&row, MAX_LOSSES - 1, NOW).state, JobState::Failed);
    assert_eq!(lost(&leased(1, 1, true), 0, NOW).state, JobState::Cancelled);
    assert_eq!(next(&row, again(), seen(None)).losses, 0);
}

#[test]
fn oversized_answers_fail_with_the_limit_named() {
    let large = JobOutcome::AgainAfterMs { delay_ms: 0, checkpoint: Some(vec![0; MAX_CHECKPOINT_BYTES + 1]) };
    let after = next(&leased(1, 5, false), large, seen(None));
    assert_eq!(after.state, JobState::Failed);
    assert!(after.error.unwrap().contains("262144"));
    let result = JobOutcome::Done(Some("x".repeat(MAX_RESULT_BYTES + 1)));
    assert_eq!(next(&leased(1, 5, false), result, seen(None)).state, JobState::Failed);
    let nul = next(&leased(1, 5, false), JobOutcome::Done(Some("\0".to_owned())), seen(None));
    assert_eq!(nul.state, JobState::Failed, "PostgreSQL could not keep it");
    assert_eq!(next(&leased(1, 5, false), JobOutcome::Fatal("a\0".to_owned()), seen(None)).error.unwrap(), "a\u{fffd}");
    let long = next(&leased(1, 5, false), JobOutcome::Fatal("ä".repeat(MAX_ERROR_BYTES)), seen(None)).error.unwrap();
    assert!(long.len() <= MAX_ERROR_BYTES + '…'.len_utf8() && long.ends_with("ä…"));
}
