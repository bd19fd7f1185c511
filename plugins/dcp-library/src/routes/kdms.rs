//! Key delivery messages: listed, uploaded, forgotten; and what they come to for a package. Never a key.

use crate::catalogue::{self, StoredKdm};
use crate::dcp::kdm::{self, Kdm, PackageKeys, RecipientKeys, SOON_MS, locked, of_kdm, of_locked};
use crate::dcp::package::Package;
use crate::dcp::uuid::Id;
use crate::keys;
use crate::scan::kdm_event;
use crate::time::to_rfc3339;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lamphouse_plugin::events::new_event;
use lamphouse_plugin::http::{Request, Response};
use lamphouse_plugin::sql::Value as SqlValue;
use lamphouse_plugin::{Error, host};
use serde_json::{Map, Value, json};

const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 1_000;

/// `GET /dcps/kdms`.
pub fn list(request: &Request) -> Result<Response, Error> {
    let now = host::now();
    let query = Query::read(request, now)?;
    let (mut found, asked) = catalogue::list_kdms(&query.condition(), &query.parameters, query.limit + 1)?;
    let page = asked.saturating_sub(1);
    let more = found.len() > page;
    found.truncate(page);
    let response = Response::json(200, &shown(&found, now)?);
    Ok(match found.last() {
        Some(last) if more => response.header("link", &format!("<{}>; rel=\"next\"", query.next_url(request, last))),
        _ => response,
    })
}

/// `POST /dcps/kdms`: reads the message and keeps what may be known of it; the text is gone afterwards. The body is the
/// XML, or a JSON string of it.
pub fn upload(request: &Request) -> Result<Response, Error> {
    let now = host::now();
    let is_json = request.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    let text = if is_json { serde_json::from_slice::<String>(&request.body).ok() } else { None };
    let kdm = match kdm::read(text.as_deref().map_or(request.body.as_slice(), str::as_bytes)) {
        Ok(kdm) => kdm,
        Err(error) => return Ok(Response::problem(422, "kdm_refused", &error.to_string())),
    };
    let id = kdm.id();
    let is_new = catalogue::find_kdm(&id)?.is_none();
    catalogue::write(catalogue::put_uploaded_kdm(&kdm, now), Vec::new(), vec![kdm_event(&kdm)])?;
    keys::keep_watch()?;
    let kept = catalogue::find_kdm(&id)?.ok_or_else(|| no_kdm(&id))?;
    let kept = shown(&[kept], now)?.pop().unwrap_or_default();
    Ok(Response::json(if is_new { 201 } else { 200 }, &kept))
}

/// `DELETE /dcps/kdms/{id}`: forgets an uploaded message. One that lies in a library is there as long as its file is.
pub fn remove(id: &str) -> Result<Response, Error> {
    let id = id.to_lowercase();
    let kept = catalogue::find_kdm(&id)?.ok_or_else(|| no_kdm(&id))?;
    if let Some(places) = catalogue::kdm_places(std::slice::from_ref(&id))?.remove(&id) {
        let places: Vec<String> = places.iter().map(|(mount, path)| format!("{mount}/{path}")).collect();
        let text = format!("it lies in the library at {}; remove the file there", places.join(" and "));
        return Ok(Response::problem(409, "kdm_in_library", &text));
    }
    let payload = json!({ "id": id, "change": "removed", "composition_id": kept.kdm.composition_id });
    let event = new_event("dcp.kdm", payload.to_string());
    catalogue::write(catalogue::drop_uploaded_kdm(&id), Vec::new(), vec![event])?;
    keys::keep_watch()?;
    Ok(Response::no_content())
}

fn no_kdm(id: &str) -> Error {
    Error::NotFound(format!("no key delivery message with the id {id}"))
}

/// What is asked for of the list.
struct Query {
    conditions: Vec<String>,
    parameters: Vec<SqlValue>,
    limit: usize,
}

impl Query {
    fn read(request: &Request, now: i64) -> Result<Self, Error> {
        let mut query = Self { conditions: Vec::new(), parameters: Vec::new(), limit: DEFAULT_LIMIT };
        for (name, value) in request.query_pairs().iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "state" => query.states(value, now)?,
                "composition" => query.composition(value)?,
                "recipient" => value.split_whitespace().take(10).for_each(|word| query.recipient(word)),
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
                    query.limit =
                        limit.ok_or_else(|| Error::Invalid(format!("limit: a number from 1 to {MAX_LIMIT}")))?;
                }
                "cursor" => query.after(value)?,
                _ => {}
            }
        }
        Ok(query)
    }

    fn next(&mut self, value: SqlValue) -> String {
        self.parameters.push(value);
        format!("${}", self.parameters.len())
    }

    /// The state of a message by itself follows from its window.
    fn states(&mut self, list: &str, now: i64) -> Result<(), Error> {
        let soon = now.saturating_add(SOON_MS);
        let one = |state: &str| match state.trim() {
            "expired" => Ok(format!("(ends < {now} or ends < begins)")),
            "not-yet-valid" => Ok(format!("(begins > {now} and ends >= begins and ends >= {now})")),
            "expires-soon" => Ok(format!("(begins <= {now} and ends >= {now} and ends <= {soon} and ends >= begins)")),
            "valid" => Ok(format!("(begins <= {now} and ends > {soon})")),
            _ => Err(Error::Invalid("state: use valid, expires-soon, expired or not-yet-valid".to_owned())),
        };
        let states = list.split(',').take(10).map(one).collect::<Result<Vec<_>, _>>()?;
        self.conditions.push(format!("({})", states.join(" or ")));
        Ok(())
    }

    fn composition(&mut self, text: &str) -> Result<(), Error> {
        let id = Id::parse(text).ok_or_else(|| Error::Invalid("composition: the id of one".to_owned()))?;
        let parameter = self.next(SqlValue::from(id.key().to_vec()));
        self.conditions.push(format!("composition = {parameter}"));
        Ok(())
    }

    fn recipient(&mut self, word: &str) {
        let escaped = word.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let parameter = self.next(SqlValue::from(format!("%{escaped}%")));
        self.conditions.push(format!("words like {parameter} escape '\\'"));
    }

    fn after(&mut self, cursor: &str) -> Result<(), Error> {
        let wrong = || Error::Invalid("cursor: take it from the Link header of the page before".to_owned());
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
        let (ends, id): (i64, String) = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        let (ends, id) = (self.next(SqlValue::from(ends)), self.next(SqlValue::from(id)));
        self.conditions.push(format!("(ends, id) < ({ends}, {id})"));
        Ok(())
    }

    fn condition(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!("where {}", self.conditions.join(" and ")) }
    }

    fn next_url(&self, request: &Request, last: &StoredKdm) -> String {
        let cursor = URL_SAFE_NO_PAD.encode(json!([last.kdm.not_valid_after_ms, last.id]).to_string());
        let kept = request.query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
        let pairs: Vec<String> = kept.map(str::to_owned).chain([format!("cursor={cursor}")]).collect();
        format!("/api/v1/dcps/kdms?{}", pairs.join("&"))
    }
}

/// Messages with where they lie and the packages they are for.
fn shown(kdms: &[StoredKdm], now: i64) -> Result<Vec<Value>, Error> {
    let ids: Vec<String> = kdms.iter().map(|one| one.id.clone()).collect();
    let (mut places, mut packages) = (catalogue::kdm_places(&ids)?, catalogue::kdm_packages(&ids)?);
    let show = |one: &StoredKdm| {
        let mut fields = facts(&one.kdm, now);
        let places = places.remove(&one.id).unwrap_or_default();
        let packages = packages.remove(&one.id).unwrap_or_default();
        fields.insert("id".to_owned(), one.id.clone().into());
        fields.insert("uploaded_at".to_owned(), one.uploaded_at.map(to_rfc3339).into());
        fields.insert("seen_at".to_owned(), to_rfc3339(one.seen_at).into());
        let place = |(mount, path): (String, String)| json!({ "mount": mount, "path": path });
        fields.insert("places".to_owned(), places.into_iter().map(place).collect());
        let package = |(id, name): (String, String)| json!({ "id": id, "package_name": name });
        fields.insert("packages".to_owned(), packages.into_iter().map(package).collect());
        Value::Object(fields)
    };
    Ok(kdms.iter().map(show).collect())
}

/// A message with its times as the API writes them, and its state.
fn facts(kdm: &Kdm, now: i64) -> Map<String, Value> {
    let mut fields = match json!(kdm) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    fields.remove("not_valid_before_ms");
    fields.remove("not_valid_after_ms");
    let (state, label) = of_kdm(kdm, now, SOON_MS);
    fields.insert("not_valid_before".to_owned(), to_rfc3339(kdm.not_valid_before_ms).into());
    fields.insert("not_valid_after".to_owned(), to_rfc3339(kdm.not_valid_after_ms).into());
    fields.insert("state".to_owned(), json!(state));
    fields.insert("label".to_owned(), label.into());
    fields
}

/// The keys of a package, by its compositions.
pub fn of_package(package: &Package) -> Result<Value, Error> {
    let locked = locked(package);
    let compositions: Vec<Vec<u8>> = locked.iter().map(|lock| lock.composition_id.key().to_vec()).collect();
    let kdms: Vec<Kdm> = catalogue::kdms_of(&compositions)?.into_iter().map(|one| one.kdm).collect();
    Ok(keys_json(&of_locked(&locked, &kdms, host::now(), SOON_MS)))
}

fn keys_json(keys: &PackageKeys) -> Value {
    let compositions: Vec<Value> = keys
        .compositions
        .iter()
        .map(|one| {
            json!({
                "composition_id": one.composition_id,
                "state": one.state,
                "label": one.label,
                "at": one.at_ms.map(to_rfc3339),
                "recipients": one.recipients.iter().map(recipient_json).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "state": keys.state, "label": keys.label, "at": keys.at_ms.map(to_rfc3339), "compositions": compositions,
    })
}

fn recipient_json(keys: &RecipientKeys) -> Value {
    json!({
        "recipient": keys.recipient,
        "state": keys.state,
        "label": keys.label,
        "message_id": keys.message_id,
        "not_valid_before": to_rfc3339(keys.not_valid_before_ms),
        "not_valid_after": to_rfc3339(keys.not_valid_after_ms),
        "missing_key_ids": keys.missing_key_ids,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Query, Error> {
        let request = Request {
            method: "GET".to_owned(),
            path: "/dcps/kdms".to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        Query::read(&request, 1_000)
    }

    #[test]
    fn values_never_become_text_of_the_statement() {
        let query =
            read("recipient=box+x'%3Bdrop&composition=00000000-0000-4000-8000-000000000003&state=valid").unwrap();
        let condition = query.condition();
        assert!(!condition.contains("drop") && condition.contains("$3"), "{condition}");
        assert_eq!((query.parameters.len(), query.limit), (3, DEFAULT_LIMIT));
    }

    #[test]
    fn wrong_values_name_their_parameter() {
        for (query, name) in
            [("state=good", "state"), ("limit=0", "limit"), ("limit=1001", "limit"), ("cursor=%7B%7D", "cursor")]
        {
            match read(query) {
                Err(Error::Invalid(text)) => assert!(text.starts_with(name), "{text}"),
                _ => panic!("{query} was taken"),
            }
        }
    }
}
