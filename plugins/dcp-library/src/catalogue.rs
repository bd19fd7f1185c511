//! The plugin's database: the only place with SQL, the same text for SQLite and PostgreSQL.

mod history;
mod kdms;
mod keys;
mod libraries;
mod lookup;
mod overview;
mod packages;
mod remarks;
mod rows;
mod trash;
mod unread;
mod verdicts;

pub use history::*;
pub use kdms::*;
pub use keys::*;
pub use libraries::*;
pub use lookup::*;
pub use overview::*;
pub use packages::*;
pub use remarks::*;
pub use trash::*;
pub use unread::*;
pub use verdicts::*;

use lamphouse_plugin::Error;
use lamphouse_plugin::events::NewEvent;
use lamphouse_plugin::jobs::NewJob;
use lamphouse_plugin::sql::{self, Statement, Transaction, statement};

/// Carries out statements, jobs and events together, or none of them.
pub fn write(mut statements: Vec<Statement>, jobs: Vec<NewJob>, events: Vec<NewEvent>) -> Result<(), Error> {
    if statements.is_empty() && jobs.is_empty() && events.is_empty() {
        return Ok(());
    }
    if !statements.is_empty() {
        statements.push(statement("update generation set number = number + 1", Vec::new()));
    }
    sql::batch(&Transaction { statements, jobs, events, checkpoint: None }).map(|_| ())
}
