//! Writes the ends of runs, those that come together in one transaction.

use crate::retry;
use lamp_core::job::Job;
use lamp_store::jobs::Finish;
use lamp_store::{Store, StoreResult};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Most ends written together.
const BATCH: usize = 64;
/// Longest time spent on writing ends after the runner was told to stop.
pub(super) const BOUND: Duration = Duration::from_secs(5);

/// An end to write. The answer is the row as written, or none when the run was fenced out.
pub(super) struct Request {
    pub(super) finish: Finish,
    pub(super) answer: oneshot::Sender<StoreResult<Option<Job>>>,
}

/// Writes until all senders are gone. While an end cannot be written it is tried again for one lease time; after
/// that the lease has ended too, and the job runs again.
pub(super) async fn run(store: Store, lease: Duration, mut requests: mpsc::Receiver<Request>) {
    let mut batch = Vec::with_capacity(BATCH);
    while requests.recv_many(&mut batch, BATCH).await > 0 {
        let (finishes, answers): (Vec<Finish>, Vec<_>) =
            batch.drain(..).map(|request| (request.finish, request.answer)).unzip();
        match retry::until(lease, || store.finish_jobs(&finishes)).await {
            Ok(rows) => {
                for (answer, row) in answers.into_iter().zip(rows) {
                    // A run that no longer listens was dropped; its end is written all the same.
                    let _gone = answer.send(Ok(row));
                }
            }
            Err(error) => {
                tracing::warn!(%error, ends = finishes.len(), "write ends of runs together; writing them one by one");
                one_by_one(&store, finishes, answers).await;
            }
        }
    }
}

/// One end that cannot be stored must not keep the others from being written.
async fn one_by_one(store: &Store, finishes: Vec<Finish>, answers: Vec<oneshot::Sender<StoreResult<Option<Job>>>>) {
    for (finish, answer) in finishes.into_iter().zip(answers) {
        let written = store.finish_jobs(std::slice::from_ref(&finish)).await;
        let _gone = answer.send(written.map(|mut rows| rows.pop().flatten()));
    }
}
