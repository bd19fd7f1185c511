//! Events: each one is noted in the table `heard`; the payload may ask for another answer than "handled".

use crate::Probe;
use crate::arguments::Arguments;
use lamphouse_plugin::events::{Disposition, Event, Handler};
use lamphouse_plugin::{host, log, params, sql};

impl Handler for Probe {
    fn deliver(events: Vec<Event>) -> Vec<Disposition> {
        events.into_iter().map(hear).collect()
    }
}

fn hear(event: Event) -> Disposition {
    let wish = Arguments::read(event.payload.as_bytes());
    let earlier = sql::query_one("select count(*) from heard where sequence = $1", params![event.sequence]);
    let again = matches!(earlier, Ok(Some(row)) if row.integer(0) > 0);
    let noted = sql::execute(
        "insert into heard (sequence, topic, source, payload) values ($1, $2, $3, $4)",
        params![event.sequence, event.topic, event.source.unwrap_or_default(), event.payload],
    );
    if let Err(error) = noted {
        log::warn("an event is not noted", &[("error", &host::describe(&error))]);
    }
    match wish.text("answer").as_str() {
        "retry-once" if !again => Disposition::RetryAfter(0),
        "reject" => Disposition::Reject("told to reject".to_owned()),
        "panic-once" if !again => crate::misbehave::panic_now(),
        _ => Disposition::Ack,
    }
}
