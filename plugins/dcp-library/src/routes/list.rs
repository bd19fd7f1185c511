//! `GET /dcps`: rows are stored ready; a page costs one query.

use super::changing;
use super::filter::Filter;
use crate::time::to_rfc3339;
use lamphouse_plugin::Error;
use lamphouse_plugin::http::{Request, Response};
use lamphouse_plugin::sql::{self, Row};
use serde_json::Value;

/// Rows of one query when everything is asked for.
const PAGE: i64 = 2_000;

/// The rows of a page with the number of all, which is 0 unless it is `counted`. What matches is found first, among
/// narrow rows; only the page's rows are looked up whole.
fn statement(filter: &Filter, limit: i64, offset: i64, counted: bool) -> String {
    let (condition, order) = (filter.condition(), filter.order());
    let matching = format!("select number, {} as sort_key from package {condition}", filter.column);
    // Looking into texts costs the same for the page as for the number, so it is done once.
    let (first, from, total) = match (counted, filter.looks_into_texts) {
        (true, true) => (
            format!("with matching as materialized ({matching}) "),
            "matching".to_owned(),
            "(select count(*) from matching)".to_owned(),
        ),
        (true, false) => {
            (String::new(), format!("({matching}) matching"), format!("(select count(*) from package {condition})"))
        }
        (false, _) => (String::new(), format!("({matching}) matching"), "0".to_owned()),
    };
    format!(
        "{first}select package.id, package.state, verified, last_verified, discovered_at, summary, place.mount,
             place.path, listed.sort_key, listed.number, {total}
         from (select number, sort_key from {from} {order} limit {limit} offset {offset}) listed
         join package on package.number = listed.number join document on document.package = listed.number
         left join place on place.package = listed.number and place.is_primary = 1 {}",
        filter.order_of("listed.")
    )
}

/// The list as JSON, or as CSV.
pub fn list(request: &Request) -> Result<Response, Error> {
    let filter = Filter::read(request)?;
    let counted = filter.limit.is_some() && !filter.continued;
    let rows = match filter.limit {
        Some(limit) => sql::query(statement(&filter, limit + 1, 0, counted), filter.parameters.clone())?,
        None => everything(&filter)?,
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
    if counted {
        let total = rows.first().map_or(0, |row| row.integer(10));
        response = response.header("x-total-count", &total.to_string());
    }
    Ok(response)
}

fn everything(filter: &Filter) -> Result<Vec<Row>, Error> {
    let mut all = Vec::new();
    loop {
        let offset = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let mut page = sql::query(statement(filter, PAGE, offset, false), filter.parameters.clone())?;
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

const CSV_COLUMNS: [&str; 16] = [
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
