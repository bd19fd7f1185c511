//! Reading single values out of an element, reporting what is repeated, absent or unreadable.

use super::dialect::Dialect;
use super::findings::{Code, Findings, shorten};
use super::rational::Rational;
use super::uuid::Id;
use super::xml::{Element, bounded};

/// Where findings about one document go.
pub struct Report<'a> {
    /// The document, relative to the package folder.
    pub file: &'a str,
    /// The package's findings.
    pub findings: &'a mut Findings,
}

impl Report<'_> {
    /// Adds a finding about this document.
    pub fn add(&mut self, code: Code, message: impl Into<String>) {
        self.findings.add(code, Some(self.file), message);
    }

    /// The first child of that name; a second one is reported.
    pub fn child<'d>(&mut self, element: Element<'d>, name: &str) -> Option<Element<'d>> {
        let mut children = element.children_named(name);
        let first = children.next()?;
        if children.next().is_some() {
            let message = format!("{name} stands more than once in {}; the first one counts", element.name());
            self.add(Code::ElementRepeated, message);
        }
        Some(first)
    }

    /// Text of the first child of that name.
    pub fn text<'d>(&mut self, element: Element<'d>, name: &str) -> Option<&'d str> {
        self.child(element, name)?.text()
    }

    /// Text of the first child of that name, owned and bounded.
    pub fn string(&mut self, element: Element<'_>, name: &str) -> Option<String> {
        self.text(element, name).map(bounded)
    }

    /// The element's `Id`; one that is no UUID is kept and reported.
    pub fn id(&mut self, element: Element<'_>) -> Option<Id> {
        let id = Id::parse(self.text(element, "Id")?)?;
        if !id.is_uuid() {
            let message = format!("the id \"{}\" of {} is no UUID", shorten(&id.to_string()), element.name());
            self.add(Code::IdNotUuid, message);
        }
        Some(id)
    }

    /// The element's `Hash` without white space, cut to a length no hash has.
    pub fn hash(&mut self, element: Element<'_>) -> Option<String> {
        const MAX_CHARS: usize = 200;
        let text = self.text(element, "Hash")?;
        Some(text.chars().filter(|character| !character.is_whitespace()).take(MAX_CHARS).collect())
    }

    /// A whole number up to 2^63 - 1; anything else is reported and counts as absent.
    pub fn number(&mut self, element: Element<'_>, name: &str) -> Option<u64> {
        let text = self.text(element, name)?;
        let number = text.parse::<i64>().ok().and_then(|number| u64::try_from(number).ok());
        if number.is_none() {
            self.add(
                Code::NumberInvalid,
                format!("{name} of {} is \"{}\", not a whole number", element.name(), shorten(text)),
            );
        }
        number
    }

    /// A rate; anything else is reported and counts as absent.
    pub fn rate(&mut self, element: Element<'_>, name: &str) -> Option<Rational> {
        let text = self.text(element, name)?;
        let rate = Rational::parse(text);
        if rate.is_none() {
            self.add(Code::NumberInvalid, format!("{name} of {} is \"{}\", not a rate", element.name(), shorten(text)));
        }
        rate
    }

    /// The dialect told by the root's namespace; an absent or unknown one is reported.
    pub fn dialect(&mut self, root: Element<'_>) -> Option<Dialect> {
        let namespace = root.namespace();
        let dialect = Dialect::of_namespace(namespace);
        if namespace.is_empty() {
            self.add(Code::NamespaceMissing, format!("{} has no namespace; players may refuse it", root.name()));
        } else if dialect.is_none() {
            self.add(
                Code::NamespaceUnknown,
                format!("{} has the unknown namespace {}", root.name(), shorten(namespace)),
            );
        }
        dialect
    }
}
