//! Reading the XML documents of a package under one budget; every failure becomes a finding.

use crate::dcp::findings::{Code, Findings, shorten};
use crate::dcp::report::Report;
use crate::dcp::source::{FileEntry, PackageSource};
use crate::dcp::xml::{self, Document, Element, XmlError};

/// Most documents opened for one package.
const MAX_DOCUMENTS: usize = 1024;
/// Most bytes of documents read for one package.
const MAX_DOCUMENT_BYTES: u64 = 128 * 1024 * 1024;

/// What is wrong with a package, as far as its state goes.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Faults {
    /// Files or volumes are absent.
    pub absent: bool,
    /// Something is unreadable or of the wrong size; it may still be arriving.
    pub broken: bool,
    /// Something was refused for what it tries; waiting will not mend it.
    pub refused: bool,
}

/// The documents of one package, its findings and its faults.
pub(super) struct Documents<'a> {
    pub source: &'a dyn PackageSource,
    pub findings: Findings,
    pub faults: Faults,
    documents_left: usize,
    bytes_left: u64,
}

impl<'a> Documents<'a> {
    pub fn new(source: &'a dyn PackageSource) -> Self {
        Self {
            source,
            findings: Findings::default(),
            faults: Faults::default(),
            documents_left: MAX_DOCUMENTS,
            bytes_left: MAX_DOCUMENT_BYTES,
        }
    }

    /// Reads a document made of `files` and hands its root to `read`. `None` when it cannot be
    /// read; why is then among the findings.
    pub fn read<T>(&mut self, files: &[&FileEntry], read: impl FnOnce(Element<'_>, &mut Report<'_>) -> T) -> Option<T> {
        let name = files.first()?.path.as_str();
        let bytes = self.bytes(name, files)?;
        let decoded = match xml::decode(&bytes) {
            Ok(decoded) => decoded,
            Err(error) => return self.refuse(name, &error),
        };
        if decoded.damaged {
            let message = "some bytes are not in the character encoding the document claims; they were replaced";
            self.findings.add(Code::EncodingDamaged, Some(name), message);
        }
        match Document::parse(&decoded.text) {
            Ok(document) => Some(read(document.root(), &mut Report { file: name, findings: &mut self.findings })),
            Err(error) => self.refuse(name, &error),
        }
    }

    fn refuse<T>(&mut self, name: &str, error: &XmlError) -> Option<T> {
        let code = match error {
            XmlError::Empty => Code::FileEmpty,
            error if error.is_forbidden() => Code::DocumentForbidden,
            _ => Code::DocumentUnreadable,
        };
        self.faults.broken = true;
        self.faults.refused |= error.is_forbidden();
        self.findings.add(code, Some(name), error.to_string());
        None
    }

    fn bytes(&mut self, name: &str, files: &[&FileEntry]) -> Option<Vec<u8>> {
        let size = files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.size_bytes));
        if size > xml::MAX_BYTES as u64 {
            return self.refuse(name, &XmlError::TooLarge { bytes: size });
        }
        if self.documents_left == 0 || size > self.bytes_left {
            let message =
                format!("only the first {MAX_DOCUMENTS} documents of a package are read; this one was passed over");
            self.findings.add(Code::TooManyDocuments, Some(name), message);
            self.faults.refused = true;
            return None;
        }
        self.documents_left -= 1;
        self.bytes_left -= size;
        let mut bytes = Vec::new();
        for file in files {
            if let Err(error) = append(self.source, file, &mut bytes) {
                self.findings.add(
                    Code::FileUnreadable,
                    Some(name),
                    format!("{} could not be read: {error}", shorten(&file.path)),
                );
                self.faults.broken = true;
                return None;
            }
        }
        Some(bytes)
    }
}

/// Appends a whole file, up to its listed size. A source may give less than asked for at a time.
fn append(
    source: &dyn PackageSource,
    file: &FileEntry,
    bytes: &mut Vec<u8>,
) -> Result<(), crate::dcp::source::SourceError> {
    let mut offset = 0;
    while offset < file.size_bytes {
        let wanted = usize::try_from(file.size_bytes - offset).unwrap_or(usize::MAX);
        let piece = source.read(&file.path, offset, wanted)?;
        if piece.is_empty() {
            break;
        }
        offset = offset.saturating_add(piece.len() as u64);
        if bytes.is_empty() { *bytes = piece } else { bytes.extend_from_slice(&piece) }
    }
    Ok(())
}
