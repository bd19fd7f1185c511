//! Which family of formats a document belongs to, told by its namespace.

use serde::{Deserialize, Serialize};

/// Format family of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// The 2004 trial formats, still in daily use.
    Interop,
    /// The ST 429 family.
    Smpte,
    /// Mastering packages (ST 2067): recognised, not read as cinema packages.
    Imf,
}

/// Format of a whole package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// All documents are Interop.
    Interop,
    /// All documents are SMPTE.
    Smpte,
    /// Documents of both families.
    Mixed,
    /// A mastering package.
    Imf,
}

impl Dialect {
    /// The family a namespace belongs to; `None` for an absent or unknown one.
    #[must_use]
    pub fn of_namespace(namespace: &str) -> Option<Self> {
        if namespace.contains("digicine.com/") {
            Some(Self::Interop)
        } else if namespace.contains("smpte-ra.org/") {
            Some(if namespace.contains("/2067-") { Self::Imf } else { Self::Smpte })
        } else {
            None
        }
    }

    /// The family a root file's name claims: no extension is Interop, `.xml` is SMPTE.
    #[must_use]
    pub fn of_file_name(name: &str) -> Self {
        if name.to_ascii_lowercase().ends_with(".xml") { Self::Smpte } else { Self::Interop }
    }

    /// The word shown to people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Interop => "Interop",
            Self::Smpte => "SMPTE",
            Self::Imf => "IMF",
        }
    }
}

impl Format {
    /// The format of a package from the families of its documents.
    #[must_use]
    pub fn of(dialects: impl IntoIterator<Item = Dialect>) -> Option<Self> {
        dialects.into_iter().fold(None, |so_far, dialect| {
            Some(match (so_far, dialect) {
                (Some(Self::Imf), _) | (_, Dialect::Imf) => Self::Imf,
                (None | Some(Self::Interop), Dialect::Interop) => Self::Interop,
                (None | Some(Self::Smpte), Dialect::Smpte) => Self::Smpte,
                _ => Self::Mixed,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_tell_the_family() {
        let of = Dialect::of_namespace;
        assert_eq!(of("http://www.digicine.com/PROTO-ASDCP-AM-20040311#"), Some(Dialect::Interop));
        assert_eq!(of("http://www.smpte-ra.org/schemas/429-9/2007/AM"), Some(Dialect::Smpte));
        assert_eq!(of("http://www.smpte-ra.org/schemas/2067-2/2016/PKL"), Some(Dialect::Imf));
        assert_eq!(of(""), None);
    }

    #[test]
    fn a_package_of_both_families_is_mixed() {
        use Dialect::{Imf, Interop, Smpte};
        assert_eq!(Format::of([Smpte, Smpte]), Some(Format::Smpte));
        assert_eq!(Format::of([Smpte, Interop, Smpte]), Some(Format::Mixed));
        assert_eq!(Format::of([Smpte, Imf, Interop]), Some(Format::Imf));
        assert_eq!(Format::of([]), None);
    }
}
