//! Statements over many rows.

use lamphouse_plugin::Error;
use lamphouse_plugin::params;
use lamphouse_plugin::sql::{self, Statement, Value, statement};

/// Rows of one insert: all databases take as many parameters.
pub const ROWS_PER_INSERT: usize = 200;

/// All rows of a query that continues after its first column.
pub fn paged(text: &'static str, mount: &str) -> Result<Vec<sql::Row>, Error> {
    let mut all: Vec<sql::Row> = Vec::new();
    let mut page = sql::query(text.replace("path > $2", "path >= $2"), params![mount, ""])?;
    while !page.is_empty() {
        let last = page.last().map(|row| row.text(0).to_owned()).unwrap_or_default();
        all.append(&mut page);
        if !all.len().is_multiple_of(50_000) {
            break;
        }
        page = sql::query(text, params![mount, last])?;
    }
    Ok(all)
}

/// Inserts many rows, a bounded number a statement. A column `package` is given a package's id and keeps its number.
pub fn insert_rows(table: &str, columns: &[&str], rows: Vec<Vec<Value>>, conflict: &str) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<Vec<Value>> = rows.by_ref().take(ROWS_PER_INSERT).collect();
        let tuples: Vec<String> = (0..chunk.len()).map(|index| tuple(columns, index * columns.len() + 1)).collect();
        let text = format!("insert into {table} ({}) values {} {conflict}", columns.join(", "), tuples.join(", "));
        statements.push(statement(text, chunk.into_iter().flatten().collect()));
    }
    statements
}

fn tuple(columns: &[&str], first: usize) -> String {
    let value = |(index, column): (usize, &&str)| match *column {
        "package" => format!("(select number from package where id = ${})", first + index),
        _ => format!("${}", first + index),
    };
    format!("({})", columns.iter().enumerate().map(value).collect::<Vec<_>>().join(","))
}

/// A statement that ends in `in`, over many values, a bounded number a statement; `first` is `$1`.
pub fn in_chunks(text: &str, first: &str, ids: &[String]) -> Vec<Statement> {
    ids.chunks(ROWS_PER_INSERT)
        .map(|chunk| {
            let parameters = std::iter::once(Value::from(first)).chain(chunk.iter().map(Value::from)).collect();
            statement(format!("{text} ({})", placeholders(2, chunk.len())), parameters)
        })
        .collect()
}

/// `$first, $first+1, …`, `count` of them.
pub fn placeholders(first: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 5);
    for index in first..first + count {
        if index > first {
            text.push(',');
        }
        text.push('$');
        text.push_str(&index.to_string());
    }
    text
}
