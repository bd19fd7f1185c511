//! XML written element by element, indented, with escaped text.

/// A document in the making.
pub struct Markup {
    text: String,
    open: Vec<String>,
}

impl Markup {
    /// A document whose root is `name` in `namespace` (none for an empty one).
    pub fn new(name: &str, namespace: &str) -> Self {
        let mut markup = Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), open: Vec::new() };
        let attributes = if namespace.is_empty() { vec![] } else { vec![("xmlns", namespace)] };
        markup.begin_with(name, &attributes);
        markup
    }

    /// Opens an element.
    pub fn begin(&mut self, name: &str) {
        self.begin_with(name, &[]);
    }

    /// Opens an element with attributes.
    pub fn begin_with(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.text.push_str(">\n");
        self.open.push(name.to_owned());
    }

    /// Closes the element opened last.
    pub fn end(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.text.push_str(&format!("</{name}>\n"));
        }
    }

    /// An element with text.
    pub fn leaf(&mut self, name: &str, text: &str) {
        self.leaf_with(name, &[], text);
    }

    /// An element with attributes and text; `<name/>` for an empty one.
    pub fn leaf_with(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.start(name, attributes);
        let tag = name.to_owned();
        if text.is_empty() {
            self.text.push_str("/>\n");
        } else {
            self.text.push_str(&format!(">{}</{tag}>\n", escape(text)));
        }
    }

    /// An `Id` element.
    pub fn id(&mut self, id: uuid::Uuid) {
        self.leaf("Id", &urn(id));
    }

    /// Closes what is open and gives the text.
    pub fn finish(mut self) -> Vec<u8> {
        while !self.open.is_empty() {
            self.end();
        }
        self.text.into_bytes()
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.indent();
        self.text.push_str(&format!("<{name}"));
        for (key, value) in attributes {
            self.text.push_str(&format!(" {key}=\"{}\"", escape(value)));
        }
    }

    fn indent(&mut self) {
        for _ in &self.open {
            self.text.push_str("  ");
        }
    }
}

/// `urn:uuid:...`.
pub fn urn(id: uuid::Uuid) -> String {
    format!("urn:uuid:{id}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
