//! Compares our JSON with another reader's answer, field by field: every field of the answer is either compared or
//! named below with the reason why not, and every difference is told, not only the first.

#[path = "compare/compositions.rs"]
mod compositions;
#[path = "compare/differences.rs"]
mod differences;
#[path = "compare/packages.rs"]
mod packages;

use serde_json::Value;

pub use differences::Differences;

/// Whose track headers were read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Headers {
    /// Those of all tracks: they are compared.
    All,
    /// Those a library reads.
    AsNeeded,
}

/// Fields of an answer that are not compared as such, and why.
const NOT_COMPARED: [(&str, &str); 16] = [
    ("assetmap.file", "the name of the asset map's file is not told"),
    ("assetmap.namespace", "told as the format"),
    ("assetmap.assets[].chunks[].path", "as written; told is the file it leads to, `resolved`"),
    ("assetmap.assets[].chunks[].note", "words of the other reader"),
    ("cpls[].namespace", "told as the standard"),
    ("cpls[].reels[].assets[].duration", "as written; compared is `effective_duration`"),
    ("cpls[].reels[].assets[].mxf.header_bytes_read", "how the other reader reads"),
    ("cpls[].reels[].assets[].mxf.error", "words of the other reader; compared is that there is no header"),
    ("issues[]", "codes of the other reader; compared is the volume index"),
    ("package", "compared before, as a place may be mounted under another name"),
    ("pkls[].namespace", "told as the standard"),
    ("pkls[].assets[].actual_hash", "compared by the test that hashes"),
    ("pkls[].assets[].verdict", "compared as absent or here; the rest by the test that hashes"),
    ("totals.folder_bytes", "compared with the folder's listing"),
    ("totals.verdicts", "sums of the verdicts compared one by one"),
    ("volindex", "told when it is missing or there are several volumes"),
];

/// All differences between what we say of a package and what the other reader says.
pub fn differences(json: &Value, truth: &Value, headers: Headers) -> Differences {
    let mut found = Differences::default();
    packages::compare_package(json, truth, &mut found);
    packages::compare_assets(json, truth, &mut found);
    compositions::compare(json, truth, headers, &mut found);
    let left_out: Vec<&str> = NOT_COMPARED.iter().map(|(path, _)| *path).collect();
    found.uncompared(truth, &left_out);
    found
}
