//! Who signed a document, as its signature names the certificate. Nothing is checked.

use super::xml::{Element, bounded};

/// Most names looked at; a signature names its chain of some three certificates.
const MAX_CERTIFICATES: usize = 16;

/// The signer of a packing list, composition or key message: the common name out of its `Signer` element or out of the
/// first certificate of its signature that has a subject, else the issuer of that certificate.
#[must_use]
pub fn signer(root: Element<'_>) -> Option<String> {
    let own = root.child("Signer").and_then(|signer| name_in(signer.child("X509Data").unwrap_or(signer)));
    let key = || root.child("Signature")?.child("KeyInfo");
    own.or_else(|| key()?.children_named("X509Data").take(MAX_CERTIFICATES).find_map(name_in))
}

fn name_in(data: Element<'_>) -> Option<String> {
    let subject = data.child_text("X509SubjectName");
    let issuer = || data.child("X509IssuerSerial")?.child_text("X509IssuerName");
    subject.or_else(issuer).map(|name| bounded(common_name(name)))
}

/// The common name of a distinguished name; the whole when it has none.
#[must_use]
pub fn common_name(name: &str) -> &str {
    let start = name.match_indices("CN=").map(|(start, _)| start).find(|start| {
        let before = name.get(..*start).unwrap_or_default().trim_end();
        before.is_empty() || before.ends_with([',', '/', '+', ';'])
    });
    let Some(value) = start.and_then(|start| name.get(start.checked_add(3)?..)) else {
        return name;
    };
    let mut escaped = false;
    let end = value.find(|character| {
        let ends = character == ',' && !escaped;
        escaped = character == '\\' && !escaped;
        ends
    });
    value.get(..end.unwrap_or(value.len())).unwrap_or(value).trim()
}

#[cfg(test)]
mod tests {
    use super::super::xml::Document;
    use super::*;

    #[test]
    fn the_common_name_is_found_anywhere_and_ends_at_a_comma_of_its_own() {
        assert_eq!(common_name("dnQualifier=ab\\+c=,CN=.Signer One,OU=Unit,O=House"), ".Signer One");
        assert_eq!(common_name("CN=A\\, B"), "A\\, B");
        assert_eq!(common_name("O=House"), "O=House");
        assert_eq!(common_name("O=XCN=1"), "O=XCN=1");
    }

    #[test]
    fn the_signer_element_comes_before_the_certificates() {
        let of = |text: &str| signer(Document::parse(text).unwrap().root());
        let key = "<Signature><KeyInfo><X509Data/><X509Data><X509IssuerSerial><X509IssuerName>CN=Root</X509IssuerName></X509IssuerSerial></X509Data></KeyInfo></Signature>";
        assert_eq!(of(&format!("<r>{key}</r>")).as_deref(), Some("Root"));
        let own = "<Signer><X509Data><X509SubjectName>O=x, CN=Lab</X509SubjectName></X509Data></Signer>";
        assert_eq!(of(&format!("<r>{own}{key}</r>")).as_deref(), Some("Lab"));
        assert_eq!(of("<r><Signature/></r>"), None);
    }
}
