//! The tracker as an operator sees it: swarms, who announces, and who was refused for which reason.

use crate::app::AppState;
use crate::extract::Params;
use crate::page;
use crate::problem::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use lamp_tracker::{RecentRefusal, SubjectView, TorrentView, Tracker, TransportNumbers};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The tracker's state.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Swarms {
    /// Swarms known.
    total: usize,
    /// Peers listed in all of them.
    peers: usize,
    /// Announces admitted since the start.
    admitted: u64,
    /// Announces refused since the start.
    refused: u64,
    /// Announces put off since the start, because no verdict came in time.
    put_off: u64,
    /// Refused announces since the start, by reason.
    refused_by_reason: BTreeMap<String, u64>,
    /// Those announced last come first; `limit` of them.
    swarms: Vec<Swarm>,
    /// Who announces: those with the most peers, `limit` of them.
    subjects: Vec<Subject>,
    /// The last refusals, newest first.
    refusals: Vec<Refusal>,
}

/// One swarm.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Swarm {
    /// 40 hexadecimal digits.
    info_hash: String,
    seeders: u32,
    leechers: u32,
    /// Downloads that came to their end.
    completed: u32,
    admitted: u64,
    refused: u64,
    last_announce: String,
}

/// One who announces.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Subject {
    /// `server:ID`, `user:NAME`, or `address:IP` for one without a key.
    name: String,
    /// Its peers in all swarms.
    peers: u32,
    admitted: u64,
    refused: u64,
}

/// A refusal; the same one again only counts up.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Refusal {
    /// Whose key it was, where that is known.
    subject: Option<String>,
    address: String,
    info_hash: String,
    reason: String,
    times: u64,
    last_at: String,
}

/// How many swarms to list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SwarmsQuery {
    limit: Option<u32>,
}

pub(crate) async fn swarms(State(app): State<AppState>, Params(asked): Params<SwarmsQuery>) -> ApiResult<Json<Swarms>> {
    let limit = usize::try_from(page::limit(asked.limit)?).unwrap_or(usize::MAX);
    let none = || ApiError::not_found("this installation has no tracker; start it with `--tracker ADDRESS:PORT`");
    let tracker = app.tracker.as_ref().ok_or_else(none)?;
    Ok(Json(view(&app, tracker, limit)))
}

fn view(app: &AppState, tracker: &Tracker, limit: usize) -> Swarms {
    let numbers = tracker.statistics();
    let sum = |of: fn(&TransportNumbers) -> u64| of(&numbers.udp).saturating_add(of(&numbers.http));
    let mut swarms = tracker.torrents();
    swarms.sort_by_key(|swarm| swarm.announced_ago_s);
    swarms.truncate(limit);
    let mut subjects = tracker.subjects();
    subjects.sort_by_key(|subject| std::cmp::Reverse(subject.peers));
    subjects.truncate(limit);
    Swarms {
        total: numbers.torrents,
        peers: numbers.peers,
        admitted: sum(|numbers| numbers.admitted),
        refused: sum(|numbers| numbers.refused),
        put_off: sum(|numbers| numbers.put_off),
        swarms: swarms.into_iter().map(|view| swarm(app, &view)).collect(),
        subjects: subjects.into_iter().map(subject).collect(),
        refusals: tracker.recent_refusals().into_iter().map(|one| refusal(app, one)).collect(),
        refused_by_reason: numbers.refused_by_reason,
    }
}

/// The time so long ago.
fn ago(app: &AppState, milliseconds: u64) -> String {
    app.clock.now().plus_ms(-i64::try_from(milliseconds).unwrap_or(0)).to_rfc3339()
}

fn swarm(app: &AppState, view: &TorrentView) -> Swarm {
    Swarm {
        info_hash: view.info_hash.to_string(),
        seeders: view.counts.seeders,
        leechers: view.counts.leechers,
        completed: view.counts.completed,
        admitted: view.admitted,
        refused: view.refused,
        last_announce: ago(app, u64::from(view.announced_ago_s).saturating_mul(1_000)),
    }
}

fn subject(view: SubjectView) -> Subject {
    Subject { name: view.subject, peers: view.peers, admitted: view.admitted, refused: view.refused }
}

fn refusal(app: &AppState, one: RecentRefusal) -> Refusal {
    Refusal {
        subject: one.subject,
        address: one.address.to_string(),
        info_hash: one.info_hash.to_string(),
        reason: one.reason,
        times: one.times,
        last_at: ago(app, one.ago_ms),
    }
}
