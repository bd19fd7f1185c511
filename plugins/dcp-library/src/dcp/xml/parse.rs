//! Builds the element tree from quick-xml's events, under the limits of the parent module.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::{
    Attribute, Document, MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, MAX_NAMESPACES, NO_NODE, Node, XmlError,
};

/// Parses a whole document; stops after the root element.
pub(super) fn parse(text: &str) -> Result<Document<'_>, XmlError> {
    if text.len() > MAX_BYTES * 2 {
        return Err(XmlError::TooLarge { bytes: text.len() as u64 });
    }
    let mut reader = Reader::from_str(text);
    let mut builder = Builder::new(text);
    loop {
        let event = reader.read_event().map_err(|error| builder.reader_error(&error, reader.error_position()))?;
        let at = reader.buffer_position();
        match event {
            Event::Start(tag) => builder.open(&tag, at)?,
            Event::Empty(tag) => {
                builder.open(&tag, at)?;
                builder.close();
            }
            Event::End(_) => builder.close(),
            Event::Text(content) => builder.text(content.into_inner()),
            Event::CData(content) => builder.text(content.into_inner()),
            Event::GeneralRef(reference) => builder.reference(&reference, at)?,
            Event::DocType(_) => {
                return Err(XmlError::DocumentType { line: line_of(text, at) });
            }
            Event::Eof => return Err(builder.end_of_file()),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
        }
        if builder.is_complete() {
            return Ok(builder.document);
        }
    }
}

/// One open element: its node, the child that came last, and how many namespace bindings
/// were in force outside it.
struct Open {
    node: usize,
    last_child: Option<usize>,
    bindings_outside: usize,
}

struct Binding<'t> {
    prefix: &'t str,
    namespace: u32,
}

struct Builder<'t> {
    source: &'t str,
    document: Document<'t>,
    open: Vec<Open>,
    bindings: Vec<Binding<'t>>,
}

impl<'t> Builder<'t> {
    fn new(source: &'t str) -> Self {
        // An element of these documents takes some 60 bytes of text.
        let expected = (source.len() / 60).clamp(16, 4096);
        Self {
            source,
            document: Document {
                nodes: Vec::with_capacity(expected),
                attributes: Vec::new(),
                namespaces: vec![Cow::Borrowed("")],
            },
            open: Vec::with_capacity(16),
            bindings: Vec::new(),
        }
    }

    fn open(&mut self, tag: &BytesStart<'t>, at: u64) -> Result<(), XmlError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(XmlError::TooDeep { line: line_of(self.source, at) });
        }
        if self.document.nodes.len() >= MAX_ELEMENTS {
            return Err(XmlError::TooManyElements { line: line_of(self.source, at) });
        }
        let bindings_outside = self.bindings.len();
        let (name, raw_attributes) = self.borrowed(tag);
        let attributes_start = self.document.attributes.len();
        if !raw_attributes.trim_ascii().is_empty() {
            self.attributes(name, raw_attributes, at)?;
        }
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let index = self.document.nodes.len();
        self.link(index);
        self.document.nodes.push(Node {
            name: local,
            text: Cow::Borrowed(""),
            namespace: self.namespace_of(prefix),
            next_sibling: NO_NODE,
            has_children: false,
            attributes_start: index_u32(attributes_start),
            attributes_end: index_u32(self.document.attributes.len()),
        });
        self.open.push(Open { node: index, last_child: None, bindings_outside });
        Ok(())
    }

    /// Makes `index` the next child of the innermost open element.
    fn link(&mut self, index: usize) {
        let Some(parent) = self.open.last_mut() else {
            return;
        };
        let previous = parent.last_child.replace(index);
        let nodes = &mut self.document.nodes;
        match previous.and_then(|previous| nodes.get_mut(previous)) {
            Some(sibling) => sibling.next_sibling = index_u32(index),
            None => {
                if let Some(node) = nodes.get_mut(parent.node) {
                    node.has_children = true;
                }
            }
        }
    }

    /// The tag's name and the text of its attributes, borrowed from the source rather than from
    /// the event: the event's text is a slice of the source, found by its address.
    fn borrowed(&self, tag: &BytesStart<'t>) -> (&'t str, &'t str) {
        let content: &str = tag.as_ref();
        let start = (content.as_ptr() as usize).wrapping_sub(self.source.as_ptr() as usize);
        let content = self.source.get(start..start.saturating_add(content.len())).unwrap_or("");
        content.split_at_checked(tag.name().0.len()).unwrap_or((content, ""))
    }

    fn attributes(&mut self, element: &'t str, raw: &'t str, at: u64) -> Result<(), XmlError> {
        let mut attributes = Attributes::new(raw, 0);
        attributes.with_checks(false);
        for (count, attribute) in attributes.enumerate() {
            if count >= MAX_ATTRIBUTES {
                let element = element.chars().take(60).collect();
                return Err(XmlError::TooManyAttributes { element, line: line_of(self.source, at) });
            }
            let attribute = attribute.map_err(|error| self.malformed(at, &error.to_string()))?;
            let (name, Cow::Borrowed(raw_value)) = (attribute.key.0, attribute.value) else {
                continue;
            };
            match name.split_once(':') {
                None if name == "xmlns" => self.bind("", raw_value, at)?,
                Some(("xmlns", prefix)) => self.bind(prefix, raw_value, at)?,
                Some((_, name)) => self.document.attributes.push(Attribute { name, raw_value }),
                None => self.document.attributes.push(Attribute { name, raw_value }),
            }
        }
        Ok(())
    }

    fn bind(&mut self, prefix: &'t str, raw_uri: &'t str, at: u64) -> Result<(), XmlError> {
        let raw = raw_uri.trim();
        let uri = quick_xml::escape::unescape(raw).unwrap_or(Cow::Borrowed(raw));
        let known = self.document.namespaces.iter().position(|namespace| *namespace == uri);
        let namespace = known.unwrap_or_else(|| {
            self.document.namespaces.push(uri);
            self.document.namespaces.len() - 1
        });
        if self.bindings.len() >= MAX_NAMESPACES || namespace >= MAX_NAMESPACES {
            return Err(XmlError::TooManyNamespaces { line: line_of(self.source, at) });
        }
        self.bindings.push(Binding { prefix, namespace: index_u32(namespace) });
        Ok(())
    }

    /// A prefix nobody declared counts as no namespace.
    fn namespace_of(&self, prefix: &str) -> u32 {
        self.bindings.iter().rev().find(|binding| binding.prefix == prefix).map_or(0, |binding| binding.namespace)
    }

    fn close(&mut self) {
        if let Some(closed) = self.open.pop() {
            self.bindings.truncate(closed.bindings_outside);
        }
    }

    fn text(&mut self, more: Cow<'t, str>) {
        let Some(node) = self.open.last().and_then(|open| self.document.nodes.get_mut(open.node)) else {
            return;
        };
        if node.text.is_empty() {
            // White space between elements is most of the text there is.
            if !more.trim_ascii_start().is_empty() {
                node.text = more;
            }
        } else {
            node.text.to_mut().push_str(&more);
        }
    }

    fn reference(&mut self, reference: &BytesRef<'t>, at: u64) -> Result<(), XmlError> {
        let name: &str = reference.as_ref();
        let line = || line_of(self.source, at);
        let character = match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "apos" => '\'',
            "quot" => '"',
            _ => match reference.resolve_char_ref() {
                Ok(Some(character)) => character,
                _ => {
                    return Err(XmlError::Entity { name: name.chars().take(60).collect(), line: line() });
                }
            },
        };
        self.text(Cow::Owned(character.to_string()));
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.open.is_empty() && !self.document.nodes.is_empty()
    }

    fn end_of_file(&self) -> XmlError {
        let innermost = self.open.last().and_then(|open| self.document.nodes.get(open.node));
        match innermost {
            Some(node) => XmlError::CutShort { element: node.name.chars().take(60).collect() },
            None => self.malformed(self.source.len() as u64, "there is no element in it"),
        }
    }

    /// A syntax error of quick-xml is markup that never ends.
    fn reader_error(&self, error: &quick_xml::Error, at: u64) -> XmlError {
        match error {
            quick_xml::Error::Syntax(_) if !self.open.is_empty() => self.end_of_file(),
            error => self.malformed(at, &error.to_string()),
        }
    }

    fn malformed(&self, at: u64, reason: &str) -> XmlError {
        XmlError::Malformed { reason: reason.chars().take(160).collect(), line: line_of(self.source, at) }
    }
}

fn line_of(text: &str, at: u64) -> usize {
    let end = usize::try_from(at).unwrap_or(usize::MAX).min(text.len());
    let before = text.as_bytes().get(..end).unwrap_or_default();
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Counts here are bounded far below `u32::MAX` by the limits on elements and attributes.
fn index_u32(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
