//! What a plugin's statement may do on SQLite: asked for each action when a statement is prepared, so the way it is
//! written does not matter. Anything not listed here is refused.

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Whose statements are being prepared on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Speaker {
    /// The host itself: outbox, transactions. Such statements are never kept in the statement cache, since the cache
    /// finds them by their text and a plugin could ask for the same text.
    Host = 0,
    /// A plugin's migration.
    Migration = 1,
    /// A plugin.
    Plugin = 2,
}

/// Switches the speaker of one connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Microphone(Arc<AtomicU8>);

impl Microphone {
    pub(super) fn give_to(&self, speaker: Speaker) {
        self.0.store(speaker as u8, Ordering::SeqCst);
    }

    fn holder(&self) -> Speaker {
        match self.0.load(Ordering::SeqCst) {
            0 => Speaker::Host,
            1 => Speaker::Migration,
            _ => Speaker::Plugin,
        }
    }
}

/// Longest value, also one built inside a statement.
const MAX_VALUE_BYTES: i32 = 16 * 1024 * 1024;

/// Puts limits and the authorizer on a connection.
pub(super) fn guard(connection: &Connection, microphone: &Microphone) -> Result<()> {
    for (limit, value) in [
        (Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, 1024 * 1024),
        (Limit::SQLITE_LIMIT_COLUMN, 500),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 200),
        (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 100),
        (Limit::SQLITE_LIMIT_VDBE_OP, 250_000),
        (Limit::SQLITE_LIMIT_FUNCTION_ARG, 100),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000),
        (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 20),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    ] {
        connection.set_limit(limit, value)?;
    }
    for (setting, value) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
    ] {
        connection.set_db_config(setting, value)?;
    }
    let microphone = microphone.clone();
    connection.authorizer(Some(move |context: AuthContext<'_>| {
        let allowed = match microphone.holder() {
            Speaker::Host => true,
            Speaker::Migration => in_main(&context) && (may_use(&context.action) || may_shape(&context.action)),
            Speaker::Plugin => in_main(&context) && may_use(&context.action),
        };
        if allowed { Authorization::Allow } else { Authorization::Deny }
    }))
}

fn in_main(context: &AuthContext<'_>) -> bool {
    context.database_name.is_none_or(|name| name == "main")
}

/// A table of the plugin's own: neither SQLite's nor the host's.
fn is_own(table: &str) -> bool {
    let table = table.to_ascii_lowercase();
    !table.starts_with("sqlite_") && !table.starts_with("lamp_") && !table.starts_with("pragma_")
}

/// Reading and writing rows.
fn may_use(action: &AuthAction<'_>) -> bool {
    match action {
        AuthAction::Select | AuthAction::Recursive => true,
        AuthAction::Read { table_name, .. }
        | AuthAction::Insert { table_name }
        | AuthAction::Update { table_name, .. }
        | AuthAction::Delete { table_name } => is_own(table_name),
        AuthAction::Function { function_name } => !matches!(
            function_name.to_ascii_lowercase().as_str(),
            "load_extension"
                | "fts3_tokenizer"
                | "sqlite_compileoption_get"
                | "sqlite_compileoption_used"
                | "sqlite_log"
        ),
        // What `pragma table_info(…)` and its like tell is the shape of the plugin's own tables.
        AuthAction::Pragma { pragma_name, .. } => matches!(
            pragma_name.to_ascii_lowercase().as_str(),
            "table_info" | "table_xinfo" | "index_list" | "index_info" | "foreign_key_list"
        ),
        _ => false,
    }
}

/// Changing the shape of the plugin's own tables.
fn may_shape(action: &AuthAction<'_>) -> bool {
    match action {
        AuthAction::CreateTable { table_name }
        | AuthAction::DropTable { table_name }
        | AuthAction::AlterTable { table_name, .. }
        | AuthAction::CreateIndex { table_name, .. }
        | AuthAction::DropIndex { table_name, .. }
        | AuthAction::CreateTrigger { table_name, .. }
        | AuthAction::DropTrigger { table_name, .. }
        | AuthAction::Analyze { table_name } => is_own(table_name),
        AuthAction::CreateView { view_name } | AuthAction::DropView { view_name } => is_own(view_name),
        AuthAction::Reindex { .. } => true,
        // Every change of shape writes these by itself; direct writes are refused by DEFENSIVE.
        AuthAction::Read { table_name, .. }
        | AuthAction::Insert { table_name }
        | AuthAction::Update { table_name, .. }
        | AuthAction::Delete { table_name } => {
            // Adding a column to a strict table makes SQLite check the rows of that table.
            let written = ["sqlite_master", "sqlite_schema", "sqlite_sequence", "sqlite_stat1", "pragma_quick_check"];
            written.contains(table_name)
        }
        AuthAction::Pragma { pragma_name, .. } => pragma_name.eq_ignore_ascii_case("quick_check"),
        _ => false,
    }
}
