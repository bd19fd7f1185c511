//! Checks a plugin's configuration against the JSON Schema of its manifest. References to other documents are refused and
//! patterns run in linear time, since the schema comes from the plugin.

use jsonschema::{Draft, PatternOptions};
use serde_json::Value;

/// One value that the schema refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// JSON pointer into the values, `/rate`; empty for the whole object.
    pub path: String,
    /// What is wrong, without the value: it may be a secret.
    pub message: String,
}

/// Why values are refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The manifest's schema is no JSON Schema 2020-12, or refers to another document.
    #[error("plugin.toml, `config`: {0}")]
    Schema(String),
    /// The values do not fit; at least one fault.
    #[error("configuration: {}", describe(.0))]
    Values(Vec<ConfigFault>),
}

/// Whether `schema` itself can be used. Errors: `Schema`.
pub fn check_schema(schema: &Value) -> Result<(), ConfigError> {
    compile(schema).map(|_| ())
}

/// Whether `values` fit `schema`. Errors: `Schema`, or `Values` with every fault.
pub fn check(schema: &Value, values: &Value) -> Result<(), ConfigError> {
    let faults: Vec<ConfigFault> = compile(schema)?
        .iter_errors(values)
        .map(|error| ConfigFault { path: error.instance_path().to_string(), message: error.masked().to_string() })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(ConfigError::Values(faults)) }
}

fn compile(schema: &Value) -> Result<jsonschema::Validator, ConfigError> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex())
        .build(schema)
        .map_err(|error| ConfigError::Schema(error.to_string()))
}

fn describe(faults: &[ConfigFault]) -> String {
    let one = |fault: &ConfigFault| {
        let name = fault.path.trim_start_matches('/');
        if name.is_empty() { fault.message.clone() } else { format!("`{name}`: {}", fault.message) }
    };
    faults.iter().map(one).collect::<Vec<_>>().join("; ")
}
