//! `GET /dcps`: rows are stored ready; a page costs one query.

use super::filter::Filter;
use super::{changing, row_keys};
use crate::time::to_rfc3339;
use lamphouse_plugin::Error;
use lamphouse_plugin::http::{Request, Response};
use lamphouse_plugin::sql::{self, Row};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;

/// Rows of one query when everything is asked for.
const PAGE: i64 = 2_000;

/// Fewer matches than this are looked for first and sorted then; more are met soon in the order that is asked for.
const FEW: i64 = 500;
/// Numbers of matches that are remembered.
const REMEMBERED: usize = 64;

thread_local! {
    /// Numbers of matches by what was asked for, each with the generation of the database it was counted in.
    static COUNTS: RefCell<HashMap<String, (i64, i64)>> = RefCell::default();
}

/// How to find the rows of a page.
#[derive(Clone, Copy)]
struct Plan {
    /// Finds all matches before they are sorted; else goes through packages in order until the page is full.
    matches_first: bool,
    /// Counts all matches.
    counts: bool,
}

/// Columns 10 and 11 are the generation and the number of all matches. Narrow rows are looked through, and only the
/// page's rows are looked up whole.
fn statement(filter: &Filter, limit: i64, offset: i64, plan: Plan) -> String {
    let condition = if plan.matches_first { filter.condition_for_all() } else { filter.condition() };
    let order = filter.order();
    let matching = format!("select number, {} as sort_key from package {condition}", filter.column);
    let (first, from) = if plan.matches_first {
        (format!("with matching as materialized ({matching}) "), "matching".to_owned())
    } else {
        (String::new(), format!("({matching}) matching"))
    };
    let total = match plan {
        Plan { counts: false, .. } => "0".to_owned(),
        Plan { matches_first: true, .. } => "(select count(*) from matching)".to_owned(),
        Plan { matches_first: false, .. } => format!("(select count(*) from package {condition})"),
    };
    format!(
        "{first}select package.id, package.state, verified, last_verified, discovered_at, summary, place.mount,
             place.path, listed.sort_key, listed.number, (select max(number) from generation), {total}, keys, keys_at
         from (select number, sort_key from {from} {order} limit {limit} offset {offset}) listed
         join package on package.number = listed.number join document on document.package = listed.number
         left join place on place.package = listed.number and place.is_primary = 1 {}",
        filter.order_of("listed.")
    )
}

/// The first rows with the number of all. Counting costs more than the page, so numbers are kept while nothing changes.
fn first_page(filter: &Filter, limit: i64) -> Result<(Vec<Row>, i64), Error> {
    let ask = |plan| sql::query(statement(filter, limit, 0, plan), filter.parameters.clone());
    let key = format!("{}{:?}", filter.condition(), filter.parameters);
    let known = COUNTS.with_borrow(|counts| counts.get(&key).copied());
    if let Some((generation, total)) = known {
        let rows = ask(Plan { matches_first: filter.looks_into_texts && total < FEW, counts: false })?;
        if rows.first().is_some_and(|row| row.integer(10) == generation) {
            return Ok((rows, total));
        }
    }
    let rows = ask(Plan { matches_first: filter.looks_into_texts, counts: true })?;
    let Some(first) = rows.first() else { return Ok((rows, 0)) };
    let (generation, total) = (first.integer(10), first.integer(11));
    COUNTS.with_borrow_mut(|counts| {
        if counts.len() >= REMEMBERED {
            counts.clear();
        }
        counts.insert(key, (generation, total));
    });
    Ok((rows, total))
}

/// The list as JSON, or as CSV.
pub fn list(request: &Request) -> Result<Response, Error> {
    let filter = Filter::read(request)?;
    let (rows, total) = match filter.limit {
        None => (everything(&filter)?, None),
        Some(limit) if filter.continued => (later_rows(&filter, limit + 1, 0)?, None),
        Some(limit) => first_page(&filter, limit + 1).map(|(rows, total)| (rows, Some(total)))?,
    };
    let page = filter.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(rows.len()).min(rows.len());
    let (shown, more) = rows.split_at(page);
    if filter.csv {
        return Ok(Response::with_type(200, "text/csv; charset=utf-8", csv(shown).into_bytes())
            .header("content-disposition", "attachment; filename=\"packages.csv\""));
    }
    let mut response = Response::json_text(200, json(shown));
    if let (Some(last), false) = (shown.last(), more.is_empty()) {
        let cursor = filter.cursor(last.text(8), last.integer(8), last.integer(9));
        response = response.header("link", &format!("<{}>; rel=\"next\"", next_url(request, &cursor)));
    }
    if let Some(total) = total {
        response = response.header("x-total-count", &total.to_string());
    }
    Ok(response)
}

fn later_rows(filter: &Filter, limit: i64, offset: i64) -> Result<Vec<Row>, Error> {
    let plan = Plan { matches_first: false, counts: false };
    sql::query(statement(filter, limit, offset, plan), filter.parameters.clone())
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
fn json(rows: &[Row]) -> String {
    let mut text = String::with_capacity(rows.len() * 900 + 2);
    text.push('[');
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        let mut fields = changing(row.text(0), row.text(1), row.text(2), row.integer(3), row.integer(4));
        fields.insert("keys".to_owned(), row_keys(row.text(12), row.integer(13)));
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
    text.push_str(",discovered_at,last_verified,mount,path\r\n");
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
