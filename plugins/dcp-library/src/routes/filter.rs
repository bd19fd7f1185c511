//! The list's query: which packages, in which order, from where on. Values go to the database as parameters only.

use crate::time::from_rfc3339;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lamphouse_plugin::Error;
use lamphouse_plugin::http::Request;
use lamphouse_plugin::sql::Value;

/// Largest page.
pub const MAX_LIMIT: i64 = 1_000;

/// What can be sorted by, with its column; numbers and text are compared as such.
const SORTS: [(&str, &str, bool); 9] = [
    ("discovered_at", "discovered_at", true),
    ("package_name", "name", false),
    ("content_title", "title", false),
    ("content_kind", "kind", false),
    ("total_size_bytes", "size_bytes", true),
    ("issuer", "issuer", false),
    ("issue_date", "issue_date", false),
    ("state", "state", false),
    ("last_verified", "last_verified", true),
];

/// A condition with its parameters, in the order of their numbers.
#[derive(Default)]
pub struct Filter {
    conditions: Vec<String>,
    /// Conditions that hold anyway and are quick to find all matches by.
    among: Vec<String>,
    pub parameters: Vec<Value>,
    pub column: &'static str,
    is_number: bool,
    pub descending: bool,
    pub limit: Option<i64>,
    pub csv: bool,
    /// Whether this is not the first page.
    pub continued: bool,
    /// What is searched for; empty for nothing.
    pub words: String,
    /// Whether every package's text has to be looked into.
    pub looks_into_texts: bool,
}

impl Filter {
    /// Reads the query. Errors: `Invalid` names the parameter and what to write.
    pub fn read(request: &Request) -> Result<Self, Error> {
        Self::of(request, &request.query_pairs())
    }

    /// The same filter without the words that are searched for.
    pub fn without_words(request: &Request) -> Result<Self, Error> {
        let mut pairs = request.query_pairs();
        pairs.retain(|(name, _)| name != "q");
        Self::of(request, &pairs)
    }

    fn of(request: &Request, pairs: &[(String, String)]) -> Result<Self, Error> {
        let mut filter = Self { column: "discovered_at", is_number: true, descending: true, ..Self::default() };
        let get =
            |name: &str| pairs.iter().find(|(have, value)| have == name && !value.is_empty()).map(|(_, value)| value);
        filter.csv = request.header("accept").is_some_and(|accept| accept.contains("text/csv"))
            || get("format").is_some_and(|format| format == "csv");
        filter.facts(pairs)?;
        let wants_imf = get("format").is_some_and(|format| format.split(',').any(|one| one == "imf"));
        if !wants_imf {
            filter.conditions.push("format <> 'imf'".to_owned());
        }
        if let Some(sort) = get("sort") {
            let known = SORTS.iter().find(|(name, _, _)| name == sort);
            let (_, column, is_number) = known.ok_or_else(|| {
                let names: Vec<&str> = SORTS.iter().map(|(name, _, _)| *name).collect();
                Error::Invalid(format!("sort: use one of {}", names.join(", ")))
            })?;
            (filter.column, filter.is_number, filter.descending) = (column, *is_number, false);
        }
        match get("order").map(String::as_str) {
            None => {}
            Some("asc") => filter.descending = false,
            Some("desc") => filter.descending = true,
            Some(_) => return Err(Error::Invalid("order: use asc or desc".to_owned())),
        }
        if let Some(limit) = get("limit") {
            let limit = limit.parse::<i64>().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
            filter.limit = Some(limit.ok_or_else(|| Error::Invalid(format!("limit: a number from 1 to {MAX_LIMIT}")))?);
        }
        if let Some(cursor) = get("cursor") {
            filter.after(cursor)?;
        }
        Ok(filter)
    }

    fn facts(&mut self, pairs: &[(String, String)]) -> Result<(), Error> {
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "q" => {
                    value.split_whitespace().take(10).for_each(|word| self.finds(word));
                    self.words.clone_from(value);
                }
                "package_name" => self.contains("name", value),
                "issuer" => self.contains("issuer", value),
                "content_kind" => self.one_of("kind", value),
                "state" => self.one_of("state", value),
                "format" if value != "csv" => self.one_of("format", value),
                "keys" => self.one_of("keys", value),
                "tag" => self.tagged(value),
                "finding" => self.found(value),
                "duplicates" => self.duplicates(value)?,
                "encryption" => self.one_of("encryption", value),
                "min_size" => self.compare("size_bytes + 0 >=", bytes(name, value)?),
                "max_size" => self.compare("size_bytes + 0 <=", bytes(name, value)?),
                "discovered_after" => self.compare("discovered_at >=", instant(name, value)?),
                "discovered_before" => self.compare("discovered_at <", instant(name, value)?),
                "server_id" if value != "local" => self.conditions.push("1 = 0".to_owned()),
                _ => {}
            }
        }
        Ok(())
    }

    fn next(&mut self, value: Value) -> String {
        self.parameters.push(value);
        format!("${}", self.parameters.len())
    }

    /// A word of a search; one that may be part of an id is looked for among the ids too.
    fn finds(&mut self, word: &str) {
        let like_an_id = word.len() >= 6 && word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        let pattern = self.pattern(&word.to_lowercase());
        let condition = like("words", &pattern);
        let ids = if like_an_id { format!(" or {}", like("ids", &pattern)) } else { String::new() };
        self.conditions.push(format!("({condition}{ids})"));
    }

    /// A part of one text. The words hold that text too, and are quicker to look through. Databases differ in what they
    /// take for the same letter in another case, so the text as it was typed counts too.
    fn contains(&mut self, column: &str, text: &str) {
        let (lower, typed) = (self.pattern(&text.to_lowercase()), self.pattern(text));
        let (in_words, in_lower) = (like("words", &lower), like(&format!("lower({column})"), &lower));
        self.among.push(format!("number in (select number from package where {in_words})"));
        self.conditions.push(format!("({in_lower} or {})", like(column, &typed)));
    }

    fn pattern(&mut self, text: &str) -> String {
        self.looks_into_texts = true;
        self.next(Value::from(format!("%{}%", escaped(text))))
    }

    fn one_of(&mut self, column: &str, list: &str) {
        let parameters: Vec<String> =
            list.split(',').take(50).map(|one| self.next(Value::from(one.trim().to_lowercase()))).collect();
        self.conditions.push(format!("{column} in ({})", parameters.join(", ")));
    }

    /// Packages with any of the tags.
    fn tagged(&mut self, list: &str) {
        let one = |tag: &str| {
            let tag = serde_json::Value::from(tag.trim().to_lowercase()).to_string();
            let parameter = self.next(Value::from(format!("%{}%", escaped(&tag))));
            like("tags", &parameter)
        };
        let any: Vec<String> = list.split(',').take(50).map(one).collect();
        self.conditions.push(format!("id in (select id from remark where {})", any.join(" or ")));
    }

    /// Packages with any of the findings.
    fn found(&mut self, list: &str) {
        let codes: Vec<String> = list.split(',').take(50).map(|code| self.next(Value::from(code.trim()))).collect();
        self.conditions.push(format!("number in (select package from finding where code in ({}))", codes.join(", ")));
    }

    /// Packages that are not the only ones of their sort.
    fn duplicates(&mut self, sort: &str) -> Result<(), Error> {
        let condition = match sort {
            "copies" => "number in (select package from place group by package having count(*) > 1)",
            "titles" => "title in (select title from package where title <> '' group by title having count(*) > 1)",
            _ => return Err(Error::Invalid("duplicates: use copies or titles".to_owned())),
        };
        self.conditions.push(condition.to_owned());
        Ok(())
    }

    fn compare(&mut self, operator: &str, value: i64) {
        let parameter = self.next(Value::from(value));
        self.conditions.push(format!("{operator} {parameter}"));
    }

    /// Continues behind the last row of the page before.
    fn after(&mut self, cursor: &str) -> Result<(), Error> {
        let wrong = || Error::Invalid("cursor: take it from the Link header of the page before".to_owned());
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
        let (key, number): (serde_json::Value, i64) = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        let key = match key {
            serde_json::Value::Number(number) if self.is_number => Value::from(number.as_i64().ok_or_else(wrong)?),
            serde_json::Value::String(text) if !self.is_number => Value::from(text),
            _ => return Err(wrong()),
        };
        let (key, number) = (self.next(key), self.next(Value::from(number)));
        let operator = if self.descending { "<" } else { ">" };
        self.conditions.push(format!("({}, number) {operator} ({key}, {number})", self.column));
        self.continued = true;
        Ok(())
    }

    /// The cursor that continues behind a row.
    pub fn cursor(&self, key_text: &str, key_number: i64, number: i64) -> String {
        let key = if self.is_number { serde_json::json!(key_number) } else { serde_json::json!(key_text) };
        URL_SAFE_NO_PAD.encode(serde_json::json!([key, number]).to_string())
    }

    /// `where …`, or nothing.
    pub fn condition(&self) -> String {
        condition(&self.conditions)
    }

    /// The same, among packages with greater numbers.
    pub fn condition_after(&self, number: i64) -> String {
        condition(&[self.conditions.as_slice(), &[format!("number > {number}")]].concat())
    }

    /// The same, for finding all matches before they are sorted.
    pub fn condition_for_all(&self) -> String {
        condition(&[self.among.as_slice(), &self.conditions].concat())
    }

    /// `order by …`, unique by the number, of the matching packages.
    pub fn order(&self) -> String {
        self.order_of("")
    }

    /// The same of a named part of the statement.
    pub fn order_of(&self, part: &str) -> String {
        let direction = if self.descending { "desc" } else { "asc" };
        format!("order by {part}sort_key {direction}, {part}number {direction}")
    }
}

fn condition(all: &[String]) -> String {
    if all.is_empty() { String::new() } else { format!("where {}", all.join(" and ")) }
}

/// A text as a part of a pattern.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn like(text: &str, pattern: &str) -> String {
    format!("{text} like {pattern} escape '\\'")
}

fn bytes(name: &str, value: &str) -> Result<i64, Error> {
    value.parse().map_err(|_| Error::Invalid(format!("{name}: a number of bytes")))
}

fn instant(name: &str, value: &str) -> Result<i64, Error> {
    from_rfc3339(value)
        .ok_or_else(|| Error::Invalid(format!("{name}: a date or time as in RFC 3339, 2026-11-21T08:00:00Z")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Filter, Error> {
        Filter::read(&Request {
            method: "GET".to_owned(),
            path: "/dcps".to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        })
    }

    #[test]
    fn values_never_become_text_of_the_statement() {
        let filter = read("q=x'%3B+drop&content_kind=feature,trailer&min_size=5&issuer=100%25").unwrap();
        let condition = filter.condition();
        assert!(!condition.contains("drop") && !condition.contains("feature"), "{condition}");
        assert_eq!(filter.parameters.len(), 7);
    }

    #[test]
    fn a_cursor_continues_the_same_order() {
        let first = read("sort=content_title&limit=10").unwrap();
        let cursor = first.cursor("Ä title", 0, 7);
        let next = read(&format!("sort=content_title&limit=10&cursor={cursor}")).unwrap();
        assert!(next.condition().contains("(title, number) > ($1, $2)"), "{}", next.condition());
        assert!(read(&format!("sort=total_size_bytes&cursor={cursor}")).is_err(), "another order's cursor");
    }

    #[test]
    fn wrong_values_name_their_parameter() {
        for (query, name) in [
            ("sort=password", "sort"),
            ("order=up", "order"),
            ("limit=0", "limit"),
            ("limit=1001", "limit"),
            ("min_size=big", "min_size"),
            ("discovered_after=soon", "discovered_after"),
            ("cursor=%7B%7D", "cursor"),
        ] {
            match read(query) {
                Err(Error::Invalid(text)) => assert!(text.starts_with(name), "{text}"),
                _ => panic!("{query} was taken"),
            }
        }
    }
}
