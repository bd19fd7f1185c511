//! Waking the other hosts on a PostgreSQL database (LISTEN and NOTIFY). Told after the commit and gathered for a moment,
//! because PostgreSQL lets one notifying transaction commit at a time. What is lost is found by polling.

use crate::database::{Signal, Signals};
use lamp_core::id::RequestId;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use std::time::Duration;
use tokio::task::JoinSet;

const CHANNEL: &str = "lamphouse_wakes";
/// What happens meanwhile is told together.
const GATHER: Duration = Duration::from_millis(5);
/// Pause before a lost connection is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// Tells and hears until the tasks are dropped.
pub(crate) fn start(pool: &PgPool, signals: &Signals) -> JoinSet<()> {
    // A host hears itself as well, and knows already.
    let own = RequestId::generate().0;
    let mut tasks = JoinSet::new();
    tasks.spawn(tell(pool.clone(), signals.clone(), own.clone()));
    tasks.spawn(hear(pool.clone(), signals.clone(), own));
    tasks
}

async fn tell(pool: PgPool, signals: Signals, own: String) {
    loop {
        let numbers: Vec<String> = signals.untold().await.iter().map(u8::to_string).collect();
        let payload = format!("{own} {}", numbers.join(" "));
        let told = sqlx::query("select pg_notify($1, $2)").bind(CHANNEL).bind(payload).execute(&pool).await;
        if let Err(error) = told {
            tracing::debug!(%error, "other hosts are not told of a change; they look by themselves");
        }
        tokio::time::sleep(GATHER).await;
    }
}

async fn hear(pool: PgPool, signals: Signals, own: String) {
    loop {
        if let Err(error) = listen(&pool, &signals, &own).await {
            tracing::warn!(%error, "other hosts are not heard; changes of theirs show a little later");
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Hears until something fails. A connection that was lost may have missed something, so everyone is woken then.
async fn listen(pool: &PgPool, signals: &Signals, own: &str) -> sqlx::Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        match listener.try_recv().await? {
            Some(heard) => {
                for signal in heard_of_others(heard.payload(), own) {
                    signals.wake(signal);
                }
            }
            None => Signal::ALL.into_iter().for_each(|signal| signals.wake(signal)),
        }
    }
}

/// The signals of a payload, `<sender> 1 3`; none of one's own, nor of what another version may tell.
fn heard_of_others<'a>(payload: &'a str, own: &str) -> impl Iterator<Item = Signal> + 'a {
    let mut words = payload.split(' ');
    let is_own = words.next() == Some(own);
    let numbers = words.filter(move |_| !is_own).filter_map(|word| word.parse::<usize>().ok());
    numbers.filter_map(|number| Signal::ALL.get(number).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_heard_but_not_ones_own_nor_what_is_unknown() {
        let heard = |payload| heard_of_others(payload, "me").collect::<Vec<_>>();
        assert_eq!(heard("other 0 2"), [Signal::Configuration, Signal::Jobs]);
        assert_eq!(heard("me 0 2"), []);
        assert_eq!(heard("other 9 x -1 3"), [Signal::Operations]);
        assert_eq!(heard(""), []);
        for (number, signal) in Signal::ALL.into_iter().enumerate() {
            assert_eq!(signal as usize, number);
        }
    }
}
