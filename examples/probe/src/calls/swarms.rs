//! `statistics` and `admission` of the tracker.

use crate::arguments::Arguments;
use lamphouse_plugin::Error;
use lamphouse_plugin::tracker::{self, Swarm, Verdicts};
use serde_json::{Value, json};

/// Functions of `statistics`.
pub fn statistics(function: &str, arguments: &Arguments) -> Option<Result<Value, Error>> {
    let limit = arguments.small("limit", 10);
    Some(match function {
        "totals" => tracker::totals().map(|counts| json!({ "swarms": counts.swarms, "peers": counts.peers })),
        "swarms" => tracker::swarms(arguments.optional_text("cursor").as_deref(), limit)
            .map(|page| page.swarms.iter().map(shown).collect()),
        "peers" => tracker::peers(&arguments.text("info_hash"), limit)
            .map(|peers| peers.into_iter().map(|peer| json!([peer.subject, peer.seeder])).collect()),
        "refusals" => tracker::refusals()
            .map(|refusals| refusals.into_iter().map(|one| json!([one.subject, one.reason, one.times])).collect()),
        _ => return None,
    })
}

/// Functions of `admission`.
pub fn admission(function: &str, arguments: &Arguments) -> Option<Result<Value, Error>> {
    let info_hash = arguments.optional_text("info_hash");
    Some(match function {
        "announce-url" => tracker::announce_url(&arguments.text("subject")).map(|url| json!(url)),
        "forget" => tracker::forget(&which(arguments)).map(|()| Value::Null),
        "remove-peers" => {
            tracker::remove_peers(&arguments.text("subject"), info_hash.as_deref()).map(|count| json!(count))
        }
        _ => return None,
    })
}

fn which(arguments: &Arguments) -> Verdicts {
    match (arguments.optional_text("subject"), arguments.optional_text("info_hash")) {
        (Some(subject), _) => Verdicts::Subject(subject),
        (None, Some(info_hash)) => Verdicts::Torrent(info_hash),
        (None, None) => Verdicts::All,
    }
}

fn shown(swarm: &Swarm) -> Value {
    json!({ "info_hash": swarm.info_hash, "seeders": swarm.seeders, "leechers": swarm.leechers })
}
