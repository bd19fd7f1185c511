//! Arguments of a call: a JSON object, read with defaults.

use serde_json::{Map, Value};

/// One call's arguments.
pub struct Arguments(Map<String, Value>);

impl Arguments {
    /// From a request's body; none when it is no JSON object.
    pub fn read(bytes: &[u8]) -> Self {
        Self::of(serde_json::from_slice(bytes).unwrap_or_default())
    }

    /// From a JSON value.
    pub fn of(value: Value) -> Self {
        match value {
            Value::Object(map) => Self(map),
            _ => Self(Map::new()),
        }
    }

    /// A text, empty when missing.
    pub fn text(&self, name: &str) -> String {
        self.optional_text(name).unwrap_or_default()
    }

    /// A text.
    pub fn optional_text(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(Value::as_str).map(str::to_owned)
    }

    /// A number, or `default`.
    pub fn number(&self, name: &str, default: u64) -> u64 {
        self.0.get(name).and_then(Value::as_u64).unwrap_or(default)
    }

    /// A number that fits 32 bits, or `default`.
    pub fn small(&self, name: &str, default: u32) -> u32 {
        self.0.get(name).and_then(Value::as_u64).and_then(|value| u32::try_from(value).ok()).unwrap_or(default)
    }

    /// Whether a flag is set.
    pub fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// A list of objects, each as arguments.
    pub fn list(&self, name: &str) -> Vec<Self> {
        let items = self.0.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        items.into_iter().map(Self::of).collect()
    }

    /// A list of any values.
    pub fn values(&self, name: &str) -> Vec<Value> {
        self.0.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
    }

    /// Any value, null when missing.
    pub fn value(&self, name: &str) -> Value {
        self.0.get(name).cloned().unwrap_or_default()
    }
}
