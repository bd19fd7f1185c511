//! Processor time of a guest call: the time spent inside `poll`, which leaves out waiting for the host.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// Runs `future` and adds up the time of its polls.
pub struct Timed<'a, F> {
    future: Pin<&'a mut F>,
    spent: &'a mut Duration,
}

impl<'a, F: Future> Timed<'a, F> {
    /// Adds the time to `spent`.
    pub fn new(future: Pin<&'a mut F>, spent: &'a mut Duration) -> Self {
        Self { future, spent }
    }
}

impl<F: Future> Future for Timed<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let begin = Instant::now();
        let answer = self.future.as_mut().poll(context);
        *self.spent += begin.elapsed();
        answer
    }
}
