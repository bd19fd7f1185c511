//! Judges a plugin's PostgreSQL text by its tokens. The plugin's role already has rights on its own schema only; this
//! refuses what a role cannot be kept from: changing its own settings and role, functions that run text as SQL, large
//! objects, advisory locks, sleeping, temporary tables, names of other schemas.
//! Texts that are hard to read for sure (escape strings, Unicode identifiers, dollar quotes) are refused as a whole.

use crate::error::{StoreError, StoreResult};

/// What the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One statement that reads or writes rows.
    Rows,
    /// A migration: any number of statements that shape tables or write rows.
    Migration,
}

/// Splits the text into statements and refuses what may not be run.
pub(super) fn check(sql: &str, kind: Kind) -> StoreResult<Vec<&str>> {
    let mut statements = Vec::new();
    let tokens = Tokens { text: sql, at: 0 }.collect::<StoreResult<Vec<Token<'_>>>>()?;
    for part in tokens.split(|token| token.symbol == Some(';')) {
        let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
        check_start(part, kind)?;
        check_words(part)?;
        statements.push(&sql[first.start..last.end]);
    }
    match (kind, statements.len()) {
        (Kind::Rows, 0) => Err(refused("an empty statement")),
        (Kind::Rows, 2..) => Err(refused("one statement at a time")),
        _ => Ok(statements),
    }
}

fn refused(text: impl Into<String>) -> StoreError {
    StoreError::Refused(text.into())
}

fn check_start(part: &[Token<'_>], kind: Kind) -> StoreResult<()> {
    let word = |at: usize| part.get(at).map_or("", |token| token.bare.as_str());
    let (first, second) = (word(0), word(1));
    let writes_rows = matches!(first, "select" | "insert" | "update" | "delete" | "with" | "values");
    let shapes = kind == Kind::Migration
        && match first {
            "create" => match second {
                "unique" => word(2) == "index",
                "or" => word(2) == "replace" && word(3) == "view",
                shape => matches!(shape, "table" | "index" | "view" | "sequence"),
            },
            "alter" | "drop" => matches!(second, "table" | "index" | "view" | "sequence"),
            "comment" => second == "on",
            _ => false,
        };
    if writes_rows || shapes {
        Ok(())
    } else {
        Err(refused(format!("`{}` is not among the statements a plugin may run", format!("{first} {second}").trim())))
    }
}

fn check_words(part: &[Token<'_>]) -> StoreResult<()> {
    for (at, token) in part.iter().enumerate() {
        let symbol = |offset: usize| part.get(at + offset).and_then(|token| token.symbol);
        if let Some(reason) = forbidden(&token.name) {
            return Err(refused(format!("`{}`: {reason}", token.name)));
        }
        if token.bare == "into" && !at.checked_sub(1).is_some_and(|before| part[before].bare == "insert") {
            return Err(refused("`into` only follows `insert`"));
        }
        if (token.name == "public" && symbol(1) == Some('.')) || (token.bare == "operator" && symbol(1) == Some('(')) {
            return Err(refused(format!("`{}`: other schemas are not reachable", token.name)));
        }
        let next_is_name = part.get(at + 2).is_some_and(|token| !token.name.is_empty());
        if !token.name.is_empty() && symbol(1) == Some('.') && next_is_name && symbol(3) == Some('(') {
            return Err(refused(format!("`{}.…(`: call functions and list columns without a schema", token.name)));
        }
    }
    Ok(())
}

/// Why a name may not occur, quoted or not.
fn forbidden(name: &str) -> Option<&'static str> {
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    if begins(&["pg_"]) || name == "information_schema" {
        Some("PostgreSQL's own catalogs and functions are not reachable; mend the name if it is yours")
    } else if matches!(name, "lamp_migration" | "lamp_outbox") {
        Some("the table is the host's")
    } else if matches!(name, "set_config" | "current_setting") {
        Some("settings belong to the host")
    } else if name.contains("_to_xml") || matches!(name, "ts_stat" | "ts_rewrite") {
        Some("it runs text as SQL")
    } else if begins(&["lo_", "dblink"]) || matches!(name, "loread" | "lowrite") {
        Some("it reaches outside the plugin's tables")
    } else {
        None
    }
}

/// One token. Words and quoted identifiers have a name, unquoted words also `bare`; strings, numbers and parameters have neither.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token<'text> {
    text: &'text str,
    start: usize,
    end: usize,
    name: String,
    bare: String,
    symbol: Option<char>,
}

struct Tokens<'text> {
    text: &'text str,
    at: usize,
}

impl<'text> Iterator for Tokens<'text> {
    type Item = StoreResult<Token<'text>>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Err(error) = self.skip_blank() {
            self.at = self.text.len();
            return Some(Err(error));
        }
        let first = self.rest().chars().next()?;
        let result = self.token(first);
        if result.is_err() {
            self.at = self.text.len();
        }
        Some(result)
    }
}

impl<'text> Tokens<'text> {
    fn rest(&self) -> &'text str {
        &self.text[self.at..]
    }

    fn skip_blank(&mut self) -> StoreResult<()> {
        loop {
            let rest = self.rest();
            if rest.starts_with("--") {
                self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.at += comment_length(rest).ok_or_else(|| refused("a comment without end"))?;
            } else {
                // PostgreSQL's blanks; any other character that looks like one is a symbol and fails at the server.
                let blank =
                    rest.find(|c| !matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')).unwrap_or(rest.len());
                if blank == 0 {
                    return Ok(());
                }
                self.at += blank;
            }
        }
    }

    fn token(&mut self, first: char) -> StoreResult<Token<'text>> {
        let rest = self.rest();
        let mut token =
            Token { text: self.text, start: self.at, end: 0, name: String::new(), bare: String::new(), symbol: None };
        let length = match first {
            '\'' => quoted_length(rest, '\'')?,
            '"' => {
                let length = quoted_length(rest, '"')?;
                token.name = rest[1..length - 1].replace("\"\"", "\"").to_lowercase();
                length
            }
            '$' => match rest[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - 1) {
                0 => return Err(refused("dollar quotes; use a parameter")),
                digits => 1 + digits,
            },
            c if is_word_start(c) => {
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                token.bare = rest[..length].to_lowercase();
                token.name.clone_from(&token.bare);
                let after = &rest[length..];
                let unicode = token.bare == "u" && (after.starts_with("&'") || after.starts_with("&\""));
                if unicode || (token.bare == "e" && after.starts_with('\'')) {
                    return Err(refused("escape strings and Unicode identifiers; use a parameter or plain text"));
                }
                length
            }
            c if c.is_ascii_digit() => rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len()),
            c => {
                token.symbol = Some(c);
                c.len_utf8()
            }
        };
        self.at += length;
        token.end = self.at;
        Ok(token)
    }
}

fn is_word_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii()
}

fn is_word(c: char) -> bool {
    is_word_start(c) || c.is_ascii_digit() || c == '$'
}

/// Length with both quotes; a doubled quote is a quote.
fn quoted_length(rest: &str, quote: char) -> StoreResult<usize> {
    let mut at = 1;
    while let Some(found) = rest[at..].find(quote) {
        at += found + 1;
        if !rest[at..].starts_with(quote) {
            return Ok(at);
        }
        at += 1;
    }
    Err(refused("a quote without end"))
}

/// Length of a comment; comments nest.
fn comment_length(rest: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_u32, 0);
    loop {
        let tail = &rest[at..];
        if tail.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += tail.chars().next()?.len_utf8();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(sql: &str) -> StoreResult<Vec<&str>> {
        check(sql, Kind::Rows)
    }

    #[test]
    fn ordinary_statements_pass() {
        for sql in [
            "select a.b, count(*) from thing a where name like $1 and note = 'it''s; select' -- ; drop table x\n",
            "insert into thing (id, name) values ($1, 'pg_sleep') on conflict (id) do update set name = excluded.name",
            "with old as (delete from thing where id = $1 returning *) insert into log (id) select id from old;",
            "/* a /* nested */ one */ update \"Thing\" set n = n + 1 where x in (1, 2e3)",
            "select 'U&' || name as \"into\" from thing",
            "select public, operator, temp from thing",
        ] {
            assert_eq!(rows(sql).map(|found| found.len()).ok(), Some(1), "{sql}");
        }
    }

    #[test]
    fn migrations_are_split_outside_quotes_and_comments() {
        let sql = "create table a (x text default ';'); -- ; \n create unique index i on a (x);\n/* ; */ insert into a values ('b;c')";
        let found = check(sql, Kind::Migration).unwrap();
        assert_eq!(
            found,
            ["create table a (x text default ';')", "create unique index i on a (x)", "insert into a values ('b;c')"]
        );
        assert!(check("", Kind::Migration).unwrap().is_empty());
    }

    #[test]
    fn what_a_role_cannot_be_kept_from_is_refused() {
        for sql in [
            "select set_config('role', 'x', true)",
            "select \"set_config\"('role', 'x', true)",
            "select \"SET_CONFIG\"('role', 'x', true)",
            "select U&\"\\0073et_config\"('role', 'x', true)",
            "select set/**/_config, pg_catalog.set_config('a', 'b', true)",
            "select query_to_xml('select 1', true, true, '')",
            "select public.anything($1)",
            "select \"public\" . \"anything\" ($1)",
            "select other.anything($1)",
            "select 1; select 2",
            "select 1 into copy_of_it",
            "select e'\\'' || set_config('a', 'b', true) || ''",
            "select $$x$$",
            "select $a$x$a$",
            "select 1 operator(public.+) 2",
            "set role none",
            "do 'begin end'",
            "",
            " -- nothing\n",
            ";",
            "select 'open",
            "/* open",
        ] {
            assert!(matches!(rows(sql), Err(StoreError::Refused(_))), "{sql}");
        }
        for sql in [
            "create function f() returns int language sql as 'select 1'",
            "create temp table t (x int)",
            "create extension dblink",
            "create trigger t before insert on a execute function f()",
            "alter role x superuser",
            "grant all on a to public",
            "create schema other",
            "vacuum",
            "create table lamp_outbox (x text)",
        ] {
            assert!(matches!(check(sql, Kind::Migration), Err(StoreError::Refused(_))), "{sql}");
        }
    }
}
