//! A small element tree over quick-xml, for hostile files: bounded, borrowing, no DTD, no entities.
//!
//! Names are matched without their prefix; the namespace is kept beside. Text is what stands
//! directly in an element, trimmed; an element holding only white space has no text.

mod decode;
mod parse;

use std::borrow::Cow;

use thiserror::Error;

pub use decode::{Decoded, decode};

/// Largest document read, in bytes. Real ones have a few KiB to a few MiB.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Deepest nesting of elements.
pub const MAX_DEPTH: usize = 100;
/// Most elements in one document.
pub const MAX_ELEMENTS: usize = 250_000;
/// Most attributes on one element.
pub const MAX_ATTRIBUTES: usize = 256;
/// Longest text kept of one element, in characters; real ones have a few hundred.
pub const MAX_TEXT_CHARS: usize = 4096;
/// Most namespaces in one document, and most declarations in scope at one place.
pub const MAX_NAMESPACES: usize = 512;

/// Why a document was refused. `line` counts from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum XmlError {
    /// No bytes, or white space only.
    #[error("the file is empty")]
    Empty,
    /// Above [`MAX_BYTES`].
    #[error("the file has {bytes} bytes, more than the {MAX_BYTES} a document may have")]
    TooLarge {
        /// Size of the file.
        bytes: u64,
    },
    /// A document type declaration; never resolved, always refused.
    #[error("line {line} declares a document type, which is refused")]
    DocumentType {
        /// Where.
        line: usize,
    },
    /// A reference to something other than a character or one of the five built-in names.
    #[error("line {line} refers to the entity \"{name}\", which is refused")]
    Entity {
        /// Name of the entity.
        name: String,
        /// Where.
        line: usize,
    },
    /// Above [`MAX_DEPTH`].
    #[error("line {line} nests elements more than {MAX_DEPTH} deep")]
    TooDeep {
        /// Where.
        line: usize,
    },
    /// Above [`MAX_ELEMENTS`].
    #[error("line {line} has the element above the {MAX_ELEMENTS} a document may have")]
    TooManyElements {
        /// Where.
        line: usize,
    },
    /// Above [`MAX_ATTRIBUTES`].
    #[error("line {line}: \"{element}\" has more than {MAX_ATTRIBUTES} attributes")]
    TooManyAttributes {
        /// Name of the element.
        element: String,
        /// Where.
        line: usize,
    },
    /// Above [`MAX_NAMESPACES`].
    #[error("line {line} declares more than {MAX_NAMESPACES} namespaces")]
    TooManyNamespaces {
        /// Where.
        line: usize,
    },
    /// Not well-formed.
    #[error("line {line} is not well-formed: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
        /// Where.
        line: usize,
    },
    /// The file ends inside an element: cut short, or still being copied.
    #[error("the file ends inside \"{element}\"; it is cut short or still being copied")]
    CutShort {
        /// Innermost open element.
        element: String,
    },
}

impl XmlError {
    /// Whether the document was refused for what it tries, not for being broken.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::DocumentType { .. } | Self::Entity { .. })
    }
}

/// A parsed document; borrows the text it was parsed from.
#[derive(Debug)]
pub struct Document<'t> {
    nodes: Vec<Node<'t>>,
    attributes: Vec<Attribute<'t>>,
    namespaces: Vec<Cow<'t, str>>,
}

#[derive(Debug)]
struct Node<'t> {
    name: &'t str,
    text: Cow<'t, str>,
    namespace: u32,
    next_sibling: u32,
    /// The first child is the next node in document order, if any.
    has_children: bool,
    attributes_start: u32,
    attributes_end: u32,
}

#[derive(Debug)]
struct Attribute<'t> {
    name: &'t str,
    raw_value: &'t str,
}

/// Marks "no next sibling": node 0 is the root and nobody's sibling.
const NO_NODE: u32 = 0;

impl<'t> Document<'t> {
    /// Parses `text`. Reading stops at the end of the root element.
    ///
    /// # Errors
    /// [`XmlError`], saying what and where.
    pub fn parse(text: &'t str) -> Result<Self, XmlError> {
        parse::parse(text)
    }

    /// The root element.
    #[must_use]
    pub fn root(&self) -> Element<'_> {
        Element { document: self, index: 0 }
    }
}

/// One element of a [`Document`].
#[derive(Debug, Clone, Copy)]
pub struct Element<'d> {
    document: &'d Document<'d>,
    index: usize,
}

impl<'d> Element<'d> {
    fn node(self) -> Option<&'d Node<'d>> {
        self.document.nodes.get(self.index)
    }

    /// Name without prefix.
    #[must_use]
    pub fn name(self) -> &'d str {
        self.node().map_or("", |node| node.name)
    }

    /// Namespace; empty when there is none.
    #[must_use]
    pub fn namespace(self) -> &'d str {
        let index = self.node().map_or(0, |node| node.namespace as usize);
        self.document.namespaces.get(index).map_or("", AsRef::as_ref)
    }

    /// Text directly inside, trimmed; `None` when there is none.
    #[must_use]
    pub fn text(self) -> Option<&'d str> {
        let text = self.node()?.text.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Value of the first attribute of that local name, references resolved, trimmed.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<Cow<'d, str>> {
        let node = self.node()?;
        let range = node.attributes_start as usize..node.attributes_end as usize;
        let attribute = self.document.attributes.get(range)?.iter().find(|a| a.name == name)?;
        let raw = attribute.raw_value.trim();
        Some(quick_xml::escape::unescape(raw).unwrap_or(Cow::Borrowed(raw)))
    }

    /// Children in document order.
    pub fn children(self) -> impl Iterator<Item = Element<'d>> + use<'d> {
        let first = self.node().filter(|node| node.has_children).map(|_| self.index + 1);
        std::iter::successors(first.map(|index| Element { document: self.document, index }), |child| {
            let next = child.node()?.next_sibling;
            (next != NO_NODE).then_some(Element { document: child.document, index: next as usize })
        })
    }

    /// Children of one local name.
    pub fn children_named<'n>(self, name: &'n str) -> impl Iterator<Item = Element<'d>> + use<'d, 'n> {
        self.children().filter(move |child| is_same(child.name(), name))
    }

    /// First child of that local name.
    #[must_use]
    pub fn child(self, name: &str) -> Option<Element<'d>> {
        self.children_named(name).next()
    }

    /// Text of the first child of that name.
    #[must_use]
    pub fn child_text(self, name: &str) -> Option<&'d str> {
        self.child(name)?.text()
    }

    /// Text of the first child of that name, owned, cut to [`MAX_TEXT_CHARS`].
    #[must_use]
    pub fn child_string(self, name: &str) -> Option<String> {
        self.child_text(name).map(bounded)
    }
}

/// Whether two names are the same. Siblings' names are compared with each other all the time, and most of them differ in
/// length or in the last letter; a call that compares bytes costs more than both.
fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.as_bytes().last() == other.as_bytes().last() && one == other
}

/// Owned text of at most [`MAX_TEXT_CHARS`] characters.
#[must_use]
pub fn bounded(text: &str) -> String {
    let end = text.char_indices().nth(MAX_TEXT_CHARS).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or("").to_owned()
}

#[cfg(test)]
mod tests;
