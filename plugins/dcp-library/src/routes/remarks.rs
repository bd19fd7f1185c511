//! Tags and notes: `PUT /dcps/{uuid}/tags`, `PUT /dcps/{uuid}/note`, and `POST /dcps/tags` for many packages at once.

use super::{body, no_package};
use crate::catalogue::{self, Remark, RemarkPart};
use lamphouse_plugin::Error;
use lamphouse_plugin::events::new_event;
use lamphouse_plugin::http::{Request, Response};
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Tags of one package.
const MOST_TAGS: usize = 20;
const LONGEST_TAG: usize = 40;
const LONGEST_NOTE: usize = 2_000;
/// Packages of one call.
const MOST_PACKAGES: usize = 200;

#[derive(Deserialize)]
struct Tags {
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct Note {
    note: String,
}

#[derive(Deserialize)]
struct Change {
    packages: Vec<String>,
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

/// Replaces the tags of a package.
pub fn put_tags(uuid: &str, request: &Request) -> Result<Response, Error> {
    let tags = cleaned(&body::<Tags>(request, "{\"tags\": [\"festival\"]}")?.tags)?;
    put(uuid, RemarkPart::Tags, |remark| remark.tags = tags)
}

/// Replaces the note of a package; an empty one removes it.
pub fn put_note(uuid: &str, request: &Request) -> Result<Response, Error> {
    let note = body::<Note>(request, "{\"note\": \"text\"}")?.note.trim().to_owned();
    if note.chars().count() > LONGEST_NOTE {
        return Err(Error::Invalid(format!("note: {LONGEST_NOTE} characters at the most")));
    }
    put(uuid, RemarkPart::Note, |remark| remark.note = note)
}

fn put(uuid: &str, part: RemarkPart, change: impl FnOnce(&mut Remark)) -> Result<Response, Error> {
    let id = catalogue::find_package(uuid)?.ok_or_else(|| no_package(uuid))?.id;
    let mut remarks = catalogue::remarks(std::slice::from_ref(&id))?;
    let remark = remarks.get_mut(&id).ok_or_else(|| no_package(uuid))?;
    change(remark);
    let shown = json!({ "id": id, "tags": remark.tags, "note": remark.note });
    write(&remarks, part)?;
    Ok(Response::json(200, &shown))
}

/// Adds tags to many packages, and takes others away.
pub fn change_tags(request: &Request) -> Result<Response, Error> {
    let change: Change = body(request, "{\"packages\": [ids], \"add\": [\"festival\"], \"remove\": []}")?;
    if change.packages.len() > MOST_PACKAGES {
        return Err(Error::Invalid(format!("packages: {MOST_PACKAGES} ids at the most in one call")));
    }
    let (add, remove) = (cleaned(&change.add)?, cleaned(&change.remove)?);
    let mut remarks = catalogue::remarks(&change.packages)?;
    for remark in remarks.values_mut() {
        let kept = remark.tags.drain(..).filter(|tag| !remove.contains(tag)).collect::<Vec<_>>();
        remark.tags = cleaned(&[kept, add.clone()].concat())?;
    }
    write(&remarks, RemarkPart::Tags)?;
    Ok(Response::json(200, &json!({ "packages": remarks.len() })))
}

fn write(remarks: &BTreeMap<String, Remark>, part: RemarkPart) -> Result<(), Error> {
    let event = |id: &String| new_event("dcp.changed", json!({ "id": id, "change": "updated" }).to_string());
    catalogue::write(catalogue::put_remarks(remarks, part), Vec::new(), remarks.keys().map(event).collect())
}

/// Lower case, single spaces, each once, sorted. A tag has nothing in it that a list or a query is written with.
fn cleaned(tags: &[String]) -> Result<Vec<String>, Error> {
    let mut clean = BTreeSet::new();
    for tag in tags {
        let tag = tag.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let refused = |c: char| c.is_control() || matches!(c, ',' | '"' | '\\');
        if tag.is_empty() || tag.chars().count() > LONGEST_TAG || tag.contains(refused) {
            let text = format!("tags: each of 1 to {LONGEST_TAG} characters, without comma, quote and backslash");
            return Err(Error::Invalid(text));
        }
        clean.insert(tag);
    }
    if clean.len() > MOST_TAGS {
        return Err(Error::Invalid(format!("tags: {MOST_TAGS} of one package at the most")));
    }
    Ok(clean.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(tags: &[&str]) -> Option<Vec<String>> {
        cleaned(&tags.iter().map(ToString::to_string).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn tags_are_one_however_they_are_typed() {
        assert_eq!(clean(&["  Open  Air ", "open air", "Ärger", "2026/27"]).unwrap(), ["2026/27", "open air", "ärger"]);
        assert_eq!(clean(&[]).unwrap(), Vec::<String>::new());
        for wrong in ["", "  ", "a,b", "a\"b", "a\\b", "a\u{7}b", "x".repeat(41).as_str()] {
            assert_eq!(clean(&[wrong]), None, "{wrong:?}");
        }
        let many: Vec<String> = (0..21).map(|number| number.to_string()).collect();
        assert!(cleaned(&many).is_err() && cleaned(&many[..20]).is_ok());
    }
}
