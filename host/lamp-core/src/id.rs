//! Typed ids. Generated ids are UUIDv7 text, so that they sort by time of creation.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// A new id, ordered by time (UUIDv7, RFC 9562).
            pub fn generate() -> Self {
                Self(uuid::Uuid::now_v7().to_string())
            }

            /// The id as it is stored and shown.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

uuid_id!(
    /// One durable job.
    JobId
);
uuid_id!(
    /// One host-run operation (hash, copy).
    OperationId
);
uuid_id!(
    /// One user account.
    UserId
);
uuid_id!(
    /// One sign-in session.
    SessionId
);
uuid_id!(
    /// One API key (the id, never the secret).
    ApiKeyId
);
uuid_id!(
    /// One server registered at a hub.
    ServerId
);
uuid_id!(
    /// One registration key (the id, never the secret).
    RegistrationKeyId
);
uuid_id!(
    /// One notice shown to people.
    NoticeId
);
uuid_id!(
    /// One request, from the first byte to the log line.
    RequestId
);

/// A plugin's id: `a-z`, `0-9` and single hyphens inside, 2 to 64 characters, first a letter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct PluginId(String);

/// Why a text is no plugin id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no plugin id: use 2 to 64 of a-z, 0-9 and single hyphens, starting with a letter")]
pub struct InvalidPluginId(pub String);

impl PluginId {
    /// Checks and wraps a text.
    pub fn parse(text: &str) -> Result<Self, InvalidPluginId> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let valid = (2..=64).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && !text.contains("--")
            && text.chars().all(allowed);
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidPluginId(text.to_owned())) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PluginId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PluginId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_look_alike_plugin_ids() {
        for text in ["", "a", "-ab", "ab-", "a--b", "Ab", "a_b", "ä-b", "a.b", "9ab", "a b"] {
            assert!(PluginId::parse(text).is_err(), "{text}");
        }
        assert_eq!(PluginId::parse("hello-rust").unwrap().as_str(), "hello-rust");
    }
}
