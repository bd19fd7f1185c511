//! What a message does where it arrives.

use crate::packet::Letter;
use crate::seal::Speaker;
use lamp_core::event::NewEvent;
use lamp_core::id::ServerId;
use lamp_store::servers::SETTINGS_KIND;
use lamp_store::site_messages::{Effect, REPORT_KIND};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a site runs: the body of a report.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub version: String,
    pub plugins: Vec<RunningPlugin>,
}

/// A plugin of a site.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RunningPlugin {
    pub id: String,
    pub version: String,
    pub enabled: bool,
}

#[derive(Deserialize)]
struct Settings {
    name: String,
    location: String,
}

/// The effect of `letter`, which `receiver` got over the channel `server`. What this version does not know, or cannot
/// read, is an event: it stops nothing and is lost to nobody.
pub(crate) fn of(receiver: Speaker, server: &ServerId, letter: Letter) -> Effect {
    let known = match (receiver, letter.kind.as_str()) {
        (Speaker::Hub, REPORT_KIND) => serde_json::from_str(&letter.body).ok().and_then(|report: Report| {
            let plugins = serde_json::to_string(&report.plugins).ok()?;
            Some(Effect::Report { version: report.version, plugins })
        }),
        (Speaker::Site, SETTINGS_KIND) => serde_json::from_str(&letter.body)
            .ok()
            .map(|Settings { name, location }| Effect::Settings { name, location }),
        _ => None,
    };
    known.unwrap_or_else(|| {
        let body = serde_json::from_str(&letter.body).unwrap_or(Value::String(letter.body));
        Effect::Event(NewEvent {
            topic: "sites.message".to_owned(),
            source: None,
            target: None,
            payload: json!({ "server": server, "kind": letter.kind, "body": body }).to_string(),
            retain_key: None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_kinds_have_their_effect_on_the_right_side_only() {
        let server = ServerId::from("rex");
        let letter = |kind: &str, body: &str| Letter { kind: kind.to_owned(), body: body.to_owned() };
        let report = r#"{"version":"1.2.3","plugins":[{"id":"hello","version":"1.0.0","enabled":true}],"more":1}"#;
        let expected = Effect::Report {
            version: "1.2.3".to_owned(),
            plugins: r#"[{"id":"hello","version":"1.0.0","enabled":true}]"#.to_owned(),
        };
        assert_eq!(of(Speaker::Hub, &server, letter("report", report)), expected);
        let settings = of(Speaker::Site, &server, letter("settings", r#"{"name":"Rex","location":""}"#));
        assert_eq!(settings, Effect::Settings { name: "Rex".to_owned(), location: String::new() });
        for (receiver, letter) in [
            (Speaker::Site, letter("report", report)),
            (Speaker::Hub, letter("settings", r#"{"name":"Rex","location":""}"#)),
            (Speaker::Hub, letter("report", "not even JSON")),
            (Speaker::Hub, letter("something newer", "{}")),
        ] {
            assert!(matches!(of(receiver, &server, letter), Effect::Event(event) if event.topic == "sites.message"));
        }
    }
}
