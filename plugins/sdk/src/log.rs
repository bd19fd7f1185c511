//! The structured log.

use crate::bindings::lamphouse::log::log::{Level, write};

/// For the author.
pub fn debug(message: &str, fields: &[(&str, &str)]) {
    line(Level::Debug, message, fields);
}

/// Worth knowing.
pub fn info(message: &str, fields: &[(&str, &str)]) {
    line(Level::Info, message, fields);
}

/// It healed, or it will.
pub fn warn(message: &str, fields: &[(&str, &str)]) {
    line(Level::Warn, message, fields);
}

/// Someone must act.
pub fn error(message: &str, fields: &[(&str, &str)]) {
    line(Level::Error, message, fields);
}

fn line(level: Level, message: &str, fields: &[(&str, &str)]) {
    let fields: Vec<(String, String)> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    write(level, message, &fields);
}
