//! `lamphouse:log`, always linked: to the host's log, and to the plugin's own page.

use crate::bindings::lamphouse::log::log;
use crate::services::Services;
use lamp_core::clock::UnixMs;
use lamp_core::id::PluginId;
use lamp_engine::Context;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use tokio::sync::mpsc;

const MAX_MESSAGE_BYTES: usize = 4 * 1024;
const MAX_FIELDS: usize = 16;
const MAX_FIELD_BYTES: usize = 1024;
const LINES_PER_SECOND: u64 = 200;

/// One line on its way to the store.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine {
    /// Whose.
    pub plugin: PluginId,
    /// When.
    pub at: UnixMs,
    /// `debug`, `info`, `warn`, `error`.
    pub level: &'static str,
    /// Text.
    pub message: String,
    /// JSON object text.
    pub fields: String,
    /// Request or job id.
    pub correlation: String,
    /// Whether the correlation is a job.
    pub in_job: bool,
}

/// Where a plugin's lines go; drops them when it writes too many or the store is slow, and counts what it dropped.
pub struct LogSink {
    sender: mpsc::Sender<LogLine>,
    second: AtomicI64,
    in_second: AtomicU64,
    dropped: AtomicU64,
}

impl LogSink {
    /// A sink into a bounded channel.
    pub fn new(sender: mpsc::Sender<LogLine>) -> Self {
        Self { sender, second: AtomicI64::new(0), in_second: AtomicU64::new(0), dropped: AtomicU64::new(0) }
    }

    fn accept(&self, mut line: LogLine) {
        let second = line.at.0 / 1_000;
        if self.second.swap(second, Ordering::Relaxed) != second {
            self.in_second.store(0, Ordering::Relaxed);
            let dropped = self.dropped.swap(0, Ordering::Relaxed);
            if dropped > 0 {
                line.message.push_str(&format!(
                    " ({dropped} lines before this one were dropped: over {LINES_PER_SECOND} a second)"
                ));
            }
        }
        let over = self.in_second.fetch_add(1, Ordering::Relaxed) >= LINES_PER_SECOND;
        if over || self.sender.try_send(line).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl log::Host for Context {
    fn write(&mut self, level: log::Level, message: String, fields: Vec<(String, String)>) -> wasmtime::Result<()> {
        let services = self.services::<Services>()?;
        let message = clip(&message, MAX_MESSAGE_BYTES);
        let fields: serde_json::Map<String, serde_json::Value> = fields
            .into_iter()
            .take(MAX_FIELDS)
            .map(|(name, value)| (clip(&name, 64), clip(&value, MAX_FIELD_BYTES).into()))
            .collect();
        let fields = serde_json::Value::Object(fields).to_string();
        let (plugin, correlation) = (&self.identity.id, self.call.correlation.as_str());
        let level = match level {
            log::Level::Debug => {
                tracing::debug!(%plugin, correlation, fields, "{message}");
                "debug"
            }
            log::Level::Info => {
                tracing::info!(%plugin, correlation, fields, "{message}");
                "info"
            }
            log::Level::Warn => {
                tracing::warn!(%plugin, correlation, fields, "{message}");
                "warn"
            }
            log::Level::Error => {
                tracing::error!(%plugin, correlation, fields, "{message}");
                "error"
            }
        };
        services.log.accept(LogLine {
            plugin: plugin.clone(),
            at: services.clock.now(),
            level,
            message,
            fields,
            correlation: correlation.to_owned(),
            in_job: self.call.job.is_some(),
        });
        Ok(())
    }
}

/// At most `max_bytes`, without control characters but the line break.
fn clip(text: &str, max_bytes: usize) -> String {
    let mut end = text.len().min(max_bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].chars().filter(|c| !c.is_control() || *c == '\n').collect()
}
