//! From the path an asset map writes to a file of the package: seven steps, never out of the root.
//!
//! A result is always an entry of the listing, so nothing outside can be named; a path that tries
//! is refused all the same and reported.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;

use super::source::FileEntry;

/// Longest path looked at, in bytes.
const MAX_PATH_BYTES: usize = 4096;

/// What a written path came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution<'i> {
    /// The file meant.
    Found {
        /// Entry of the listing.
        file: &'i FileEntry,
        /// Whether letter case had to be ignored.
        case_differs: bool,
    },
    /// A sound path to no file; `expected` is where it should be.
    Missing {
        /// Path below the root, as written apart from folded segments.
        expected: String,
    },
    /// The path leaves the package, is absolute, or has a scheme.
    Refused,
    /// Nothing was written, or only `.` and slashes.
    Empty,
}

/// The files of a package, searchable by path.
#[derive(Debug)]
pub struct FileIndex {
    /// Sorted by path.
    files: Vec<FileEntry>,
    by_unicode_form: OnceCell<HashMap<String, Match>>,
    by_lower_case: OnceCell<HashMap<String, Match>>,
}

#[derive(Debug, Clone, Copy)]
enum Match {
    One(usize),
    Several,
}

impl FileIndex {
    /// An index over `files`.
    #[must_use]
    pub fn new(mut files: Vec<FileEntry>) -> Self {
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Self { files, by_unicode_form: OnceCell::new(), by_lower_case: OnceCell::new() }
    }

    /// All files, by path.
    #[must_use]
    pub fn files(&self) -> &[FileEntry] {
        &self.files
    }

    /// The file of exactly that path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&FileEntry> {
        let position = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        self.files.get(position)
    }

    /// Finds the file a written path means; the first step that matches wins.
    #[must_use]
    pub fn resolve(&self, written: &str) -> Resolution<'_> {
        let text = without_file_scheme(written.trim());
        let expected = match normalise(text) {
            Ok(Some(path)) => path,
            Ok(None) => return Resolution::Empty,
            Err(Escapes) => return Resolution::Refused,
        };
        let mut candidates = vec![Cow::Borrowed(text)];
        if let Some(decoded) = percent_decoded(text) {
            candidates.push(Cow::Owned(decoded));
        }
        for index in 0..candidates.len() {
            let slashed = candidates.get(index).filter(|text| text.contains('\\')).map(|text| text.replace('\\', "/"));
            candidates.extend(slashed.map(Cow::Owned));
        }
        let mut paths = Vec::with_capacity(candidates.len());
        for candidate in &candidates {
            match normalise(candidate) {
                Ok(Some(path)) => paths.push(path),
                Ok(None) => {}
                Err(Escapes) => return Resolution::Refused,
            }
            if let Some(file) = paths.last().and_then(|path| self.get(path)) {
                return Resolution::Found { file, case_differs: false };
            }
        }
        self.resolve_loosely(&paths).unwrap_or(Resolution::Missing { expected })
    }

    fn resolve_loosely(&self, paths: &[String]) -> Option<Resolution<'_>> {
        let unicode = self.by_unicode_form.get_or_init(|| self.keyed(composed));
        let lower = self.by_lower_case.get_or_init(|| self.keyed(folded));
        let found = |map: &HashMap<String, Match>, key: String| match map.get(&key)? {
            Match::One(position) => self.files.get(*position),
            Match::Several => None,
        };
        let by_form = paths.iter().find_map(|path| found(unicode, composed(path)));
        let by_case = || paths.iter().find_map(|path| found(lower, folded(path)));
        match by_form {
            Some(file) => Some(Resolution::Found { file, case_differs: false }),
            None => by_case().map(|file| Resolution::Found { file, case_differs: true }),
        }
    }

    fn keyed(&self, key: fn(&str) -> String) -> HashMap<String, Match> {
        let mut map = HashMap::with_capacity(self.files.len());
        for (position, file) in self.files.iter().enumerate() {
            map.entry(key(&file.path)).and_modify(|found| *found = Match::Several).or_insert(Match::One(position));
        }
        map
    }
}

/// One spelling for all compositions of a character. Nearly all paths are ASCII, which has one.
fn composed(path: &str) -> String {
    if path.is_ascii() { path.to_owned() } else { path.nfc().collect() }
}

fn folded(path: &str) -> String {
    if path.is_ascii() { path.to_ascii_lowercase() } else { path.nfc().flat_map(char::to_lowercase).collect() }
}

/// Limits of the SMPTE dialect on a path, worth a warning: `a-z A-Z 0-9 . _ -`, at most 100
/// characters and 10 segments.
#[must_use]
pub fn is_within_smpte_limits(path: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/');
    path.len() <= 100 && path.bytes().all(allowed) && path.split('/').count() <= 10
}

/// The path leaves the root or is not relative.
#[derive(Debug, PartialEq, Eq)]
struct Escapes;

/// Drops `file:` and every slash after it; other text stays as it is.
fn without_file_scheme(text: &str) -> &str {
    match text.get(..5) {
        Some(scheme) if scheme.eq_ignore_ascii_case("file:") => text.get(5..).unwrap_or("").trim_start_matches('/'),
        _ => text,
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let decoded = text.contains('%').then(|| percent_decode_str(text).decode_utf8())?.ok()?;
    (decoded != text).then(|| decoded.into_owned())
}

/// Folds `.`, `..` and empty segments. `None` when nothing is left.
fn normalise(text: &str) -> Result<Option<String>, Escapes> {
    if text.len() > MAX_PATH_BYTES || text.contains('\0') || is_absolute(text) {
        return Err(Escapes);
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in text.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop().ok_or(Escapes)?;
            }
            name => segments.push(name),
        }
    }
    Ok((!segments.is_empty()).then(|| segments.join("/")))
}

/// `/…`, `\…`, `C:…` and `scheme:/…`.
fn is_absolute(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return text.starts_with(['/', '\\']);
    };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-'));
    text.starts_with(['/', '\\']) || (is_scheme && (scheme.len() == 1 || rest.starts_with(['/', '\\'])))
}

#[cfg(test)]
mod tests;
