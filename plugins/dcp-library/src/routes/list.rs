//! `GET /dcps`: rows are stored ready; a page costs one query.

use super::filter::Filter;
use super::{changing, row_keys, similar};
use crate::catalogue;
use crate::time::to_rfc3339;
use lamphouse_plugin::Error;
use lamphouse_plugin::http::{Request, Response};
use lamphouse_plugin::sql::{self, Row};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::HashMap;

/// Rows of one query when everything is asked for.
const PAGE: i64 = 2_000;

/// First pages that are remembered.
const REMEMBERED: usize = 64;

/// A first page that was found before.
struct Known {
    /// The database as it was then.
    generation: i64,
    /// The packages on it.
    numbers: Vec<i64>,
    /// How many there are on all pages.
    total: i64,
}

/// How far rows are off what was searched for, by the numbers of their packages.
type Distances = HashMap<i64, f64>;

thread_local! {
    /// First pages by what was asked for.
    static KNOWN: RefCell<HashMap<String, Known>> = RefCell::default();
}

/// Whole rows of the packages that `listed` gives with their `sort_key`; the last columns are the generation and `total`.
fn rows_of(listed: &str, total: &str, order: &str) -> String {
    format!(
        "select package.id, package.state, verified, last_verified, discovered_at, summary, place.mount,
             place.path, listed.sort_key, listed.number, (select max(number) from generation), {total}, keys, keys_at,
             coalesce(tags, '[]'), coalesce(note, ''),
             (select count(*) from place copies where copies.package = listed.number)
         from ({listed}) listed
         join package on package.number = listed.number join document on document.package = listed.number
         left join place on place.package = listed.number and place.is_primary = 1
         left join remark on remark.id = package.id {order}"
    )
}

/// The first rows and the number of all. Narrow rows are looked through, and only the page's rows are looked up whole. What
/// looks into texts finds all matches before they are sorted; else packages are gone through in order.
fn search(filter: &Filter, limit: i64) -> String {
    let (order, column) = (filter.order(), filter.column);
    let matching = |condition: String| format!("select number, {column} as sort_key from package {condition}");
    let page = |from: &str| format!("select number, sort_key from {from} {order} limit {limit}");
    let by_listed = filter.order_of("listed.");
    if filter.looks_into_texts {
        let found = matching(filter.condition_for_all());
        let rows = rows_of(&page("matching"), "(select count(*) from matching)", &by_listed);
        format!("with matching as materialized ({found}) {rows}")
    } else {
        let condition = filter.condition();
        let count = format!("(select count(*) from package {condition})");
        rows_of(&page(&format!("({}) matching", matching(condition))), &count, &by_listed)
    }
}

/// The first rows with the number of all. Finding them costs more than the rows, so what was found is kept while nothing
/// changes.
fn first_page(filter: &Filter, limit: i64) -> Result<(Vec<Row>, i64), Error> {
    let (condition, parameters) = (filter.condition(), &filter.parameters);
    let key = format!("{condition} {} {} {limit} {parameters:?}", filter.column, filter.descending);
    if let Some(known) = known_page(filter, &key)? {
        return Ok(known);
    }
    let rows = sql::query(search(filter, limit), filter.parameters.clone())?;
    let Some(first) = rows.first() else { return Ok((rows, 0)) };
    let (generation, total) = (first.integer(10), first.integer(11));
    let numbers = rows.iter().map(|row| row.integer(9)).collect();
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, Known { generation, numbers, total });
    });
    Ok((rows, total))
}

/// The page as it was found before, unless the database has changed.
fn known_page(filter: &Filter, key: &str) -> Result<Option<(Vec<Row>, i64)>, Error> {
    let found = KNOWN.with_borrow(|known| {
        let page = known.get(key)?;
        let numbers: Vec<String> = page.numbers.iter().map(i64::to_string).collect();
        Some((page.generation, page.total, numbers.join(",")))
    });
    let Some((generation, total, numbers)) = found else { return Ok(None) };
    let listed = format!("select number, {} as sort_key from package where number in ({numbers})", filter.column);
    let rows = sql::query(rows_of(&listed, "0", &filter.order_of("listed.")), Vec::new())?;
    let holds = rows.first().is_some_and(|row| row.integer(10) == generation);
    Ok(holds.then_some((rows, total)))
}

/// The list as JSON, or as CSV.
pub fn list(request: &Request) -> Result<Response, Error> {
    let filter = Filter::read(request)?;
    let (rows, total) = match filter.limit {
        None => (everything(&filter)?, None),
        Some(limit) if filter.continued => (later_rows(&filter, limit + 1, 0)?, None),
        Some(limit) => first_page(&filter, limit + 1).map(|(rows, total)| (rows, Some(total)))?,
    };
    if rows.is_empty()
        && !filter.words.is_empty()
        && !filter.continued
        && let Some(response) = similar_rows(request, &filter)?
    {
        return Ok(response);
    }
    let page = filter.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(rows.len()).min(rows.len());
    let (shown, more) = rows.split_at(page);
    if filter.csv {
        return Ok(as_csv(shown));
    }
    let mut response = Response::json_text(200, as_json(shown, &Distances::new()));
    if let (Some(last), false) = (shown.last(), more.is_empty()) {
        let cursor = filter.cursor(last.text(8), last.integer(8), last.integer(9));
        response = response.header("link", &format!("<{}>; rel=\"next\"", next_url(request, &cursor)));
    }
    if let Some(total) = total {
        response = response.header("x-total-count", &total.to_string());
    }
    Ok(response)
}

/// Nothing holds the words as they were typed: what comes close, all on one page, the closest first.
fn similar_rows(request: &Request, filter: &Filter) -> Result<Option<Response>, Error> {
    let mut found = similar::search(&Filter::without_words(request)?, &filter.words)?;
    found.truncate(filter.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX));
    if found.is_empty() {
        return Ok(None);
    }
    let numbers: Vec<String> = found.iter().map(|(number, _)| number.to_string()).collect();
    let (column, numbers) = (filter.column, numbers.join(","));
    let listed = format!("select number, {column} as sort_key from package where number in ({numbers})");
    let mut rows = sql::query(rows_of(&listed, "0", ""), Vec::new())?;
    rows.sort_by_key(|row| found.iter().position(|(number, _)| *number == row.integer(9)));
    let distances: Distances = found.into_iter().collect();
    let response = if filter.csv { as_csv(&rows) } else { Response::json_text(200, as_json(&rows, &distances)) };
    Ok(Some(response.header("x-search", "similar").header("x-total-count", &rows.len().to_string())))
}

fn as_csv(rows: &[Row]) -> Response {
    Response::with_type(200, "text/csv; charset=utf-8", csv(rows).into_bytes())
        .header("content-disposition", "attachment; filename=\"packages.csv\"")
}

fn later_rows(filter: &Filter, limit: i64, offset: i64) -> Result<Vec<Row>, Error> {
    let (condition, order, column) = (filter.condition(), filter.order(), filter.column);
    let listed =
        format!("select number, {column} as sort_key from package {condition} {order} limit {limit} offset {offset}");
    sql::query(rows_of(&listed, "0", &filter.order_of("listed.")), filter.parameters.clone())
}

fn everything(filter: &Filter) -> Result<Vec<Row>, Error> {
    let mut all = Vec::new();
    loop {
        let offset = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let mut page = later_rows(filter, PAGE, offset)?;
        let complete = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        all.append(&mut page);
        if complete {
            return Ok(all);
        }
    }
}

fn next_url(request: &Request, cursor: &str) -> String {
    let kept: Vec<&str> =
        request.query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor=")).collect();
    let separator = if kept.is_empty() { "" } else { "&" };
    format!("/api/v1/dcps?{}{separator}cursor={cursor}", kept.join("&"))
}

/// The stored rows with what changes put in, without reading them.
fn as_json(rows: &[Row], distances: &Distances) -> String {
    let mut text = String::with_capacity(rows.len() * 900 + 2);
    text.push('[');
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        let mut fields = changing(row.text(0), row.text(1), row.text(2), row.integer(3), row.integer(4));
        fields.insert("keys".to_owned(), row_keys(row.text(12), row.integer(13)));
        fields.insert("tags".to_owned(), json!(catalogue::tags_of(row.text(14))));
        fields.insert("note".to_owned(), row.text(15).into());
        fields.insert("copies".to_owned(), row.integer(16).into());
        if let Some(distance) = distances.get(&row.integer(9)) {
            fields.insert("distance".to_owned(), (*distance).into());
        }
        fields.insert("mount".to_owned(), row.optional_text(6).into());
        fields.insert("path".to_owned(), row.optional_text(7).into());
        let fields = Value::Object(fields).to_string();
        text.push_str(fields.trim_end_matches('}'));
        text.push(',');
        text.push_str(row.text(5).trim_start_matches('{'));
    }
    text.push(']');
    text
}

const CSV_COLUMNS: [&str; 17] = [
    "package_name",
    "content_title",
    "content_kind",
    "state",
    "verified",
    "format",
    "package_type",
    "resolution",
    "duration_seconds",
    "total_size_bytes",
    "file_count",
    "encryption",
    "keys",
    "issuer",
    "issue_date",
    "assetmap_uuid",
    "id",
];

fn csv(rows: &[Row]) -> String {
    let mut text = CSV_COLUMNS.join(",");
    text.push_str(",discovered_at,last_verified,mount,path,tags,note\r\n");
    for row in rows {
        let summary: Value = serde_json::from_str(row.text(5)).unwrap_or_default();
        let cell = |name: &str| match name {
            "id" => row.text(0).to_owned(),
            "state" => row.text(1).to_owned(),
            "verified" => row.text(2).to_owned(),
            "keys" => row.text(12).to_owned(),
            _ => match summary.get(name) {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(value)) => value.clone(),
                Some(other) => other.to_string(),
            },
        };
        let verified = if row.integer(3) > 0 { to_rfc3339(row.integer(3)) } else { String::new() };
        let mut cells: Vec<String> = CSV_COLUMNS.iter().map(|name| escape(&cell(name))).collect();
        cells.extend([to_rfc3339(row.integer(4)), verified, escape(row.text(6)), escape(row.text(7))]);
        cells.extend([escape(&catalogue::tags_of(row.text(14)).join(", ")), escape(row.text(15))]);
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// RFC 4180; a leading formula sign is made harmless for spreadsheets.
fn escape(cell: &str) -> String {
    let cell = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cannot_break_out_or_become_formulas() {
        assert_eq!(escape("plain"), "plain");
        assert_eq!(escape("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
        assert_eq!(escape("=HYPERLINK(1)"), "'=HYPERLINK(1)");
    }
}
