//! What people write down of packages: tags and a note.

use super::rows::{ROWS_PER_INSERT, insert_rows, placeholders};
use lamphouse_plugin::Error;
use lamphouse_plugin::params;
use lamphouse_plugin::sql::{self, Statement, Value};
use std::collections::BTreeMap;

/// What is written down of one package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remark {
    /// Each once, sorted.
    pub tags: Vec<String>,
    /// Empty for none.
    pub note: String,
}

/// What people change of a remark at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemarkPart {
    Tags,
    Note,
}

/// What is written down of those of these packages that are in the library.
pub fn remarks(packages: &[String]) -> Result<BTreeMap<String, Remark>, Error> {
    let mut found = BTreeMap::new();
    for chunk in packages.chunks(ROWS_PER_INSERT) {
        let text = format!(
            "select package.id, coalesce(tags, '[]'), coalesce(note, '') from package
             left join remark on remark.id = package.id where package.id in ({})",
            placeholders(1, chunk.len())
        );
        for row in sql::query(text, chunk.iter().map(Value::from).collect())? {
            let remark = Remark { tags: tags_of(row.text(1)), note: row.text(2).to_owned() };
            found.insert(row.text(0).to_owned(), remark);
        }
    }
    Ok(found)
}

/// Tags as they are kept.
pub fn tags_of(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap_or_default()
}

/// Writes down one part of remarks, by the ids of their packages. The other part stays what it is by then.
pub fn put_remarks(remarks: &BTreeMap<String, Remark>, part: RemarkPart) -> Vec<Statement> {
    let row = |(id, remark): (&String, &Remark)| {
        params![id, serde_json::to_string(&remark.tags).unwrap_or_default(), &remark.note]
    };
    let conflict = match part {
        RemarkPart::Tags => "on conflict (id) do update set tags = excluded.tags",
        RemarkPart::Note => "on conflict (id) do update set note = excluded.note",
    };
    insert_rows("remark", &["id", "tags", "note"], remarks.iter().map(row).collect(), conflict)
}
