//! Jobs: `call` makes one host call, `script` does what its payload says.

use crate::Probe;
use crate::arguments::Arguments;
use crate::calls;
use lamphouse_plugin::files::{self, Algorithm};
use lamphouse_plugin::jobs::{Again, Failure, Handler, JobRun, Outcome, ResumeOn, run as running};
use lamphouse_plugin::params;
use lamphouse_plugin::sql::{self, Transaction};
use serde_json::json;

impl Handler for Probe {
    fn run(run: JobRun) -> Result<Outcome, Failure> {
        let payload = Arguments::read(run.payload.as_bytes());
        match run.kind.as_str() {
            "call" => call(&payload),
            "script" => script(&run, &payload),
            other => Err(Failure::Fatal(format!("no job kind `{other}`"))),
        }
    }
}

/// The result is the answer of the call, also when the call was refused.
fn call(payload: &Arguments) -> Result<Outcome, Failure> {
    let arguments = Arguments::of(payload.value("arguments"));
    let answer = calls::call(&payload.text("interface"), &payload.text("function"), &arguments)
        .ok_or_else(|| Failure::Fatal("the probe has no call of that name".to_owned()))?;
    Ok(Outcome::Done(Some(crate::told(answer).to_string())))
}

fn script(run: &JobRun, payload: &Arguments) -> Result<Outcome, Failure> {
    match payload.text("do").as_str() {
        "done" => Ok(Outcome::Done(Some(json!({ "attempt": run.attempt }).to_string()))),
        "retry" if u64::from(run.attempt) <= payload.number("times", 1) => {
            Err(Failure::Retry(("not yet".to_owned(), Some(0))))
        }
        "retry" => Ok(Outcome::Done(Some(json!({ "attempt": run.attempt }).to_string()))),
        "fatal" => Err(Failure::Fatal("told to fail".to_owned())),
        "again" => again(run, payload),
        "hash" => hash(run, payload),
        "steps" => steps(run, payload),
        "until-cancelled" => until_cancelled(),
        "loop" => crate::misbehave::spin(),
        "panic" => crate::misbehave::panic_now(),
        other => Err(Failure::Fatal(format!("no script `{other}`"))),
    }
}

/// Comes back `times` times, counting in its checkpoint.
fn again(run: &JobRun, payload: &Arguments) -> Result<Outcome, Failure> {
    let count = run.checkpoint.as_deref().and_then(|bytes| bytes.first().copied()).unwrap_or(0);
    if u64::from(count) < payload.number("times", 3) {
        return Ok(Outcome::Again(Again { after_ms: 0, checkpoint: Some(vec![count + 1]) }));
    }
    Ok(Outcome::Done(Some(json!({ "rounds": count, "attempt": run.attempt }).to_string())))
}

/// Starts a hash operation, goes home, and ends with the operation's result.
fn hash(run: &JobRun, payload: &Arguments) -> Result<Outcome, Failure> {
    if let Some(operation) = &run.resumed_by {
        let state = calls::queue::plain(&operation.state);
        let answer = json!({
            "state": state, "result": operation.result, "error": operation.error, "attempt": run.attempt,
            "checkpoint": run.checkpoint.as_deref().map(String::from_utf8_lossy),
        });
        return Ok(Outcome::Done(Some(answer.to_string())));
    }
    let operation = files::hash(&[calls::files::subject(payload)], Algorithm::Sha256)?;
    Ok(Outcome::ResumeOn(ResumeOn { operation, checkpoint: Some(b"hashing".to_vec()) }))
}

/// Writes rows 1 to `times`, each in one transaction with the checkpoint that says so.
fn steps(run: &JobRun, payload: &Arguments) -> Result<Outcome, Failure> {
    let saved = run.checkpoint.as_deref().map(String::from_utf8_lossy).and_then(|text| text.parse::<i64>().ok());
    let begin = saved.unwrap_or(0) + 1;
    let end = i64::try_from(payload.number("times", 10)).unwrap_or(10);
    for n in begin..=end {
        let insert = sql::statement("insert into step (job, n) values ($1, $2)", params![run.id.as_str(), n]);
        let checkpoint = Some(n.to_string().into_bytes());
        sql::batch(&Transaction { statements: vec![insert], jobs: Vec::new(), events: Vec::new(), checkpoint })?;
    }
    Ok(Outcome::Done(Some(json!({ "begin": begin, "end": end }).to_string())))
}

/// Works until cancelling is asked for, and says so first.
fn until_cancelled() -> Result<Outcome, Failure> {
    running::progress(None, "waiting to be cancelled")?;
    while !running::cancelled() {
        // Each look is a host call and costs this job processor time; its limit ends a wait in vain.
        std::hint::spin_loop();
    }
    Ok(Outcome::Cancelled)
}
