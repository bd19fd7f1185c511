//! Functions and their documentation, read from the WIT files line by line: enough for tables, not a parser.

/// One function of an interface.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Interface it belongs to.
    pub interface: String,
    /// Its name; of a resource's method, the name alone.
    pub name: String,
    /// Its documentation, joined to one line; empty when there is none.
    pub documentation: String,
}

impl Function {
    /// The first sentence of its documentation.
    pub fn summary(&self) -> &str {
        self.documentation.split_once(". ").map_or(self.documentation.trim_end_matches('.'), |(first, _)| first)
    }
}

/// All functions of a WIT file, in its order.
pub fn functions(text: &str) -> Vec<Function> {
    let mut found = Vec::new();
    let (mut interface, mut documentation) = (String::new(), Vec::new());
    for line in text.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            documentation.push(words.trim());
            continue;
        }
        if let Some(name) = line.strip_prefix("interface ") {
            interface = name.trim_end_matches('{').trim().to_owned();
        } else if let Some((name, _)) = declared(line) {
            found.push(Function {
                interface: interface.clone(),
                name: name.trim_start_matches('%').to_owned(),
                documentation: documentation.join(" "),
            });
        }
        if !line.starts_with('@') {
            documentation.clear();
        }
    }
    found
}

/// `name: func(...`, `name: static func(...`, `name: async func(...`.
fn declared(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.split_once(':')?;
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("static ").unwrap_or(rest);
    let rest = rest.strip_prefix("async ").unwrap_or(rest);
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '%');
    (is_name && rest.starts_with("func(")).then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_with_their_words() {
        let text = "package a:b@0.1.0;\n\n/// Things.\ninterface things {\n  /// Get one. Errors: gone.\n  /// Never waits.\n  @since(version = 0.1.0)\n  get: func(\n    id: string,\n  ) -> string;\n  %list: func();\n  record r { func: u8 }\n}\n";
        let found = functions(text);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].interface.as_str(), found[0].name.as_str()), ("things", "get"));
        assert_eq!(found[0].summary(), "Get one");
        assert_eq!((found[1].name.as_str(), found[1].documentation.as_str()), ("list", ""));
    }
}
