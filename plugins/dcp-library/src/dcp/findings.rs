//! What is wrong, odd or worth knowing about a package: stable codes, a severity, plain advice.

use serde::{Deserialize, Serialize};

/// Most findings kept for one package; a hostile package must not fill memory with complaints.
pub const MAX_FINDINGS: usize = 200;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, nothing to do.
    Note,
    /// Odd; playback normally works.
    Warning,
    /// Stops playback or ingest.
    Error,
}

/// One finding, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable machine code.
    pub code: Code,
    /// Fixed by the code.
    pub severity: Severity,
    /// What was found and what to do about it.
    pub message: String,
    /// The file it is about, relative to the package folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

macro_rules! codes {
    ($($severity:ident { $($(#[doc = $meaning:literal])+ $name:ident),+ $(,)? })+) => {
        /// Stable code of a finding; JSON form in snake case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $($($(#[doc = $meaning])+ $name,)+)+ }

        impl Code {
            /// How much this matters.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $($(Self::$name)|+ => Severity::$severity,)+ }
            }

            /// What it means, in a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $($(Self::$name => concat!($($meaning),+).trim_ascii(),)+)+ }
            }
        }
    };
}

codes! {
    Error {
        /// The folder could not be listed.
        FolderUnreadable,
        /// The folder has no asset map.
        AssetMapMissing,
        /// The asset map could not be read as one.
        AssetMapUnreadable,
        /// A packing list, composition or volume index could not be read.
        DocumentUnreadable,
        /// A document holds a document type or entity; refused, never resolved.
        DocumentForbidden,
        /// A file is there with no bytes in it.
        FileEmpty,
        /// The storage failed on a file.
        FileUnreadable,
        /// The asset map names no packing list, or the one it names is absent.
        PackingListMissing,
        /// A path leaves the package, is absolute or has a scheme; refused.
        PathEscapes,
        /// A listed file is not there.
        AssetMissing,
        /// A packing list names an id the asset map does not.
        AssetNotMapped,
        /// A file has another size than its packing list says.
        SizeMismatch,
        /// A file was hashed and is not what its packing list says.
        AssetDamaged,
        /// A file that was right before is wrong now, though nobody changed it: its storage lost it.
        AssetRotten,
        /// One id stands for different files.
        DuplicateId,
        /// A volume of the package is not here.
        VolumeMissing,
        /// A reel plays beyond the end of a track.
        DurationBeyondTrack,
        /// The tracks of one reel differ in length.
        ReelLengthDiffers,
        /// The tracks of one reel differ in rate.
        ReelRateDiffers,
    }
    Warning {
        /// A document has no namespace.
        NamespaceMissing,
        /// A document has a namespace of no known dialect.
        NamespaceUnknown,
        /// A document is not in the character encoding it claims.
        EncodingDamaged,
        /// A root file's name belongs to the other dialect.
        FileNameDialect,
        /// The volume index is not there.
        VolumeIndexMissing,
        /// Interop and SMPTE documents in one package.
        DialectMixed,
        /// A composition and the packing list give different hashes for a track.
        HashDiffers,
        /// The packing list gives no hash for an asset.
        HashMissing,
        /// A hash is not base64 of twenty bytes.
        HashInvalid,
        /// Encrypted, but the packing list or composition is not signed.
        EncryptedUnsigned,
        /// Annotation and content title differ.
        AnnotationDiffers,
        /// The title does not follow the naming convention.
        TitleOffConvention,
        /// The title says one thing, the files another.
        ClaimDiffers,
        /// Files no asset map names.
        ForeignFiles,
        /// An asset in the map that no packing list names.
        AssetNotListed,
        /// A path matched only when letter case was ignored.
        PathCaseDiffers,
        /// A path breaks the character or length limits of its dialect.
        PathOffLimits,
        /// An asset has no path.
        PathEmpty,
        /// An identifier is no UUID.
        IdNotUuid,
        /// A document has another id than the asset map gives it.
        IdDiffers,
        /// The same id twice with the same file.
        IdRepeated,
        /// An element that may stand once stands several times.
        ElementRepeated,
        /// A number, rate or size could not be read.
        NumberInvalid,
        /// A required value is absent.
        ValueMissing,
        /// A reel without picture and sound.
        ReelEmpty,
        /// A composition without reels.
        CompositionEmpty,
        /// An essence file's header could not be read.
        TrackHeaderUnreadable,
        /// Header and composition disagree about a track.
        TrackHeaderDiffers,
        /// Frames at a rate cinemas do not commonly play.
        FrameRateUnusual,
        /// Sound of a form cinemas do not commonly play.
        SoundUnusual,
        /// The metadata names another number of channels than the track has.
        SoundLayoutDiffers,
        /// The pieces of an asset leave gaps or overlap.
        ChunksDisjoint,
        /// More documents than one package may have.
        TooManyDocuments,
        /// More was found than is kept.
        MoreFindings,
    }
    Note {
        /// A mastering package; recognised and set aside.
        MasteringPackage,
        /// Files are still changing.
        StillArriving,
        /// A composition takes assets from other packages.
        ExternalAssets,
        /// Reels without a picture.
        PictureAbsent,
        /// Reels without sound.
        SoundAbsent,
        /// The track files are labelled the way of the other format family.
        TrackLabelsDiffer,
        /// A package without composition.
        NoComposition,
        /// The asset map gives another length than the packing list.
        MapLengthDiffers,
        /// Signed documents.
        Signed,
        /// The package claims the Bv2.1 profile.
        ProfileBv21,
    }
}

/// Collects findings, bounded by [`MAX_FINDINGS`].
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
    dropped: usize,
}

impl Findings {
    /// Adds a finding about a file, or about the whole package when `file` is `None`.
    pub fn add(&mut self, code: Code, file: Option<&str>, message: impl Into<String>) {
        if self.list.len() >= MAX_FINDINGS {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        let file = file.map(|name| shorten(name).into_owned());
        self.list.push(Finding { code, severity: code.severity(), message: message.into(), file });
    }

    /// Adds everything another collection holds.
    pub fn append(&mut self, other: Self) {
        let room = MAX_FINDINGS.saturating_sub(self.list.len());
        let excess = other.list.len().saturating_sub(room);
        self.list.extend(other.list.into_iter().take(room));
        self.dropped = self.dropped.saturating_add(other.dropped).saturating_add(excess);
    }

    /// The findings, gravest first, in order of discovery within a severity.
    #[must_use]
    pub fn into_list(mut self) -> Vec<Finding> {
        self.list.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        if self.dropped > 0 {
            let message = format!("{} more findings are not shown; repair the ones above first", self.dropped);
            let code = Code::MoreFindings;
            self.list.push(Finding { code, severity: code.severity(), message, file: None });
        }
        self.list
    }
}

/// Text from a package, cut to a length fit for a message.
#[must_use]
pub fn shorten(text: &str) -> std::borrow::Cow<'_, str> {
    const MAX_CHARS: usize = 240;
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")).into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_snake_case_and_carry_their_severity() {
        assert_eq!(serde_json::to_string(&Code::PathEscapes).unwrap(), "\"path_escapes\"");
        assert_eq!(Code::PathEscapes.severity(), Severity::Error);
        assert_eq!(Code::Signed.severity(), Severity::Note);
    }

    #[test]
    fn the_list_is_bounded_and_gravest_first() {
        let mut findings = Findings::default();
        findings.add(Code::Signed, None, "signed");
        for _ in 0..100_000 {
            findings.add(Code::AssetMissing, Some("a.mxf"), "gone");
        }
        let list = findings.into_list();
        assert_eq!(list.len(), MAX_FINDINGS + 1);
        assert_eq!(list.first().unwrap().code, Code::AssetMissing);
        assert!(list.last().unwrap().message.starts_with("99801 more"));
    }
}
