//! What an installation is among others.

use serde::{Deserialize, Serialize};

/// The part an installation plays in its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SiteRole {
    /// Other sites register here.
    Hub,
    /// Joins a hub, or will.
    Site,
    /// One machine that is both; sites may register here too.
    Standalone,
}

impl SiteRole {
    /// The word as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::Site => "site",
            Self::Standalone => "standalone",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Hub, Self::Site, Self::Standalone].into_iter().find(|role| role.as_str() == text)
    }

    /// Whether sites may register here.
    pub fn takes_sites(self) -> bool {
        matches!(self, Self::Hub | Self::Standalone)
    }
}
