//! What becomes of a job when a run of it ends: one pure function of row, outcome and circumstances.
//! Knows no database, clock, task or random source; the table and the invariant are in `STATE.md` beside it.

use lamp_core::clock::UnixMs;
use lamp_core::id::OperationId;
use lamp_core::job::{Job, JobOutcome, JobState};
use lamp_core::operation::OperationState;
use lamp_store::jobs::{CheckpointChange, Transition};

/// Checkpoints are resume data, not storage.
pub const MAX_CHECKPOINT_BYTES: usize = lamp_store::jobs::MAX_CHECKPOINT_BYTES;
/// Results are shown on the jobs page; data belongs in the plugin's database.
pub const MAX_RESULT_BYTES: usize = 256 * 1024;
/// Failure texts are cut to this many bytes.
pub const MAX_ERROR_BYTES: usize = 4 * 1024;
/// A run that the host ended is not begun again sooner, so that a plugin that is going away does not spin.
pub const RELEASE_PAUSE_MS: i64 = 1_000;
/// Leases lost in a row, without a checkpoint between them, after which a job is taken to kill its host.
pub const MAX_LOSSES: u32 = 10;
/// No delay is longer: 366 days.
pub const MAX_DELAY_MS: u64 = 366 * 24 * 3_600 * 1_000;

/// What `next` sees besides the row and the outcome.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The instant the run ended.
    pub now: UnixMs,
    /// Delays between attempts, ms; the last one repeats. Empty means one second.
    pub backoff_ms: &'a [u64],
    /// Where in the ±10 % the delay falls, 0.0 to 1.0.
    pub jitter: f64,
    /// State of the operation that the outcome names; none when there is no such operation of the job's plugin.
    pub operation: Option<OperationState>,
}

/// The row's next state after a run answered `outcome`.
///
/// Cancelling, once asked for, wins over everything that would run the job again; work that was done stays done.
/// The row must be leased: `attempt` already counts the run that ends here.
pub fn next(row: &Job, outcome: JobOutcome, seen: Circumstances<'_>) -> Transition {
    let outcome_name = name_of(&outcome);
    Transition { outcome: outcome_name, ..decide(row, outcome, seen) }
}

fn decide(row: &Job, outcome: JobOutcome, seen: Circumstances<'_>) -> Transition {
    let cancelling = row.cancel_requested_at.is_some();
    match outcome {
        JobOutcome::Done(result) => done(row, result, seen.now),
        JobOutcome::Fatal(message) => failed(row, message, seen.now),
        JobOutcome::Cancelled => cancelled(row, None, seen.now),
        JobOutcome::ResumeOn { operation, .. } if cancelling => cancelled(row, Some(operation), seen.now),
        _ if cancelling => cancelled(row, None, seen.now),
        JobOutcome::Retry { message, after_ms } => retry(row, message, after_ms, seen),
        JobOutcome::AgainAfterMs { delay_ms, checkpoint } => match replaced(checkpoint) {
            Ok(checkpoint) => Transition {
                run_at: seen.now.plus_ms(bounded_delay(delay_ms)),
                attempt: row.attempt.saturating_sub(1),
                checkpoint,
                ..Transition::to(JobState::Available, seen.now)
            },
            Err(message) => failed(row, message, seen.now),
        },
        JobOutcome::ResumeOn { operation, checkpoint } => match replaced(checkpoint) {
            Ok(checkpoint) => resume_on(row, operation, checkpoint, seen),
            Err(message) => failed(row, message, seen.now),
        },
        JobOutcome::Released => released(row, seen.now),
    }
}

/// The row's next state after its lease was lost: its host was killed or stalled. `losses` counts earlier ones in a
/// row. Uses no attempt, since nobody knows that the job is to blame; the bound on losses keeps a job that kills
/// its host from doing so for ever.
pub fn lost(row: &Job, losses: u32, now: UnixMs) -> Transition {
    if row.cancel_requested_at.is_some() {
        return Transition { outcome: "lost", ..cancelled(row, None, now) };
    }
    let losses = losses.saturating_add(1);
    if losses >= MAX_LOSSES {
        let message =
            format!("the host stopped {losses} times in a row while this job ran; retry it once the cause is known");
        return Transition { losses, outcome: "lost", ..failed(row, message, now) };
    }
    Transition {
        attempt: row.attempt.saturating_sub(1),
        losses,
        outcome: "lost",
        error: row.error.clone(),
        resumed_by: row.resumed_by.clone(),
        ..Transition::to(JobState::Available, now)
    }
}

fn done(row: &Job, result: Option<String>, now: UnixMs) -> Transition {
    if let Some(bytes) = result.as_ref().map(String::len).filter(|bytes| *bytes > MAX_RESULT_BYTES) {
        let message = format!(
            "the result has {bytes} bytes, at most {MAX_RESULT_BYTES} are kept; store it in the plugin's database"
        );
        return failed(row, message, now);
    }
    if result.as_ref().is_some_and(|text| text.contains('\0')) {
        return failed(row, "the result is no JSON: it contains a NUL".to_owned(), now);
    }
    Transition {
        attempt: row.attempt,
        checkpoint: CheckpointChange::Clear,
        result,
        ..Transition::to(JobState::Succeeded, now)
    }
}

fn failed(row: &Job, message: String, now: UnixMs) -> Transition {
    Transition {
        attempt: row.attempt,
        error: Some(shortened(message)),
        failed: true,
        ..Transition::to(JobState::Failed, now)
    }
}

fn cancelled(row: &Job, operation: Option<OperationId>, now: UnixMs) -> Transition {
    Transition {
        attempt: row.attempt,
        error: row.error.clone(),
        cancel_operation: operation,
        ..Transition::to(JobState::Cancelled, now)
    }
}

fn retry(row: &Job, message: String, after_ms: Option<u64>, seen: Circumstances<'_>) -> Transition {
    if row.attempt >= row.max_attempts {
        return failed(row, message, seen.now);
    }
    let delay = match after_ms {
        Some(wished) => bounded_delay(wished),
        None => backoff_delay(seen.backoff_ms, row.attempt, seen.jitter),
    };
    Transition {
        run_at: seen.now.plus_ms(delay),
        attempt: row.attempt,
        error: Some(shortened(message)),
        failed: true,
        resumed_by: row.resumed_by.clone(),
        ..Transition::to(JobState::Available, seen.now)
    }
}

fn resume_on(row: &Job, operation: OperationId, checkpoint: CheckpointChange, seen: Circumstances<'_>) -> Transition {
    let attempt = row.attempt.saturating_sub(1);
    match seen.operation {
        None => failed(row, format!("asked to be resumed on operation {operation}, which does not exist"), seen.now),
        Some(state) if state.is_final() => Transition {
            attempt,
            checkpoint,
            resumed_by: Some(operation),
            ..Transition::to(JobState::Available, seen.now)
        },
        Some(_) => Transition {
            attempt,
            checkpoint,
            waits_for: Some(operation),
            ..Transition::to(JobState::Blocked, seen.now)
        },
    }
}

fn released(row: &Job, now: UnixMs) -> Transition {
    Transition {
        run_at: now.plus_ms(RELEASE_PAUSE_MS),
        attempt: row.attempt.saturating_sub(1),
        error: row.error.clone(),
        resumed_by: row.resumed_by.clone(),
        ..Transition::to(JobState::Available, now)
    }
}

fn name_of(outcome: &JobOutcome) -> &'static str {
    match outcome {
        JobOutcome::Done(_) => "done",
        JobOutcome::AgainAfterMs { .. } => "again",
        JobOutcome::ResumeOn { .. } => "resume-on",
        JobOutcome::Retry { .. } => "retry",
        JobOutcome::Fatal(_) => "fatal",
        JobOutcome::Cancelled => "cancelled",
        JobOutcome::Released => "released",
    }
}

fn replaced(checkpoint: Option<Vec<u8>>) -> Result<CheckpointChange, String> {
    match checkpoint {
        None => Ok(CheckpointChange::Keep),
        Some(bytes) if bytes.len() <= MAX_CHECKPOINT_BYTES => Ok(CheckpointChange::Replace(bytes)),
        Some(bytes) => Err(format!(
            "the checkpoint has {} bytes, at most {MAX_CHECKPOINT_BYTES} are kept; store it in the plugin's database",
            bytes.len()
        )),
    }
}

fn bounded_delay(delay_ms: u64) -> i64 {
    i64::try_from(delay_ms.min(MAX_DELAY_MS)).unwrap_or(i64::MAX)
}

/// The delay after attempt number `attempt` (1 is the first) has failed, ±10 %.
fn backoff_delay(backoff_ms: &[u64], attempt: u32, jitter: f64) -> i64 {
    let position = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let base = backoff_ms.get(position).or(backoff_ms.last()).copied().unwrap_or(1_000).min(MAX_DELAY_MS);
    let thousandths = 900 + share(jitter, 200);
    bounded_delay(base.saturating_mul(thousandths) / 1_000)
}

/// `fraction` of `whole`, rounded down; `fraction` is clamped to 0.0..=1.0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the product lies between 0 and the small constant `whole`"
)]
fn share(fraction: f64, whole: u16) -> u64 {
    let clamped = if fraction.is_nan() { 0.5 } else { fraction.clamp(0.0, 1.0) };
    (clamped * f64::from(whole)) as u64
}

/// A failure's text as it can be kept: without NUL, which PostgreSQL's text cannot hold, and not too long.
fn shortened(message: String) -> String {
    let mut message = message.replace('\0', "\u{fffd}");
    if message.len() > MAX_ERROR_BYTES {
        let cut = (0..=MAX_ERROR_BYTES).rev().find(|at| message.is_char_boundary(*at)).unwrap_or(0);
        message.truncate(cut);
        message.push('…');
    }
    message
}

#[cfg(test)]
mod tests;
