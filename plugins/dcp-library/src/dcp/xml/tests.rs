//! Facts about reading XML, good and hostile.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

fn refused(text: &str) -> XmlError {
    Document::parse(text).unwrap_err()
}

#[test]
fn names_namespaces_and_text_are_found_under_any_prefix() {
    let text = "<a:R xmlns:a='urn:a' xmlns='urn:d'>\r\n <a:K> one &amp; <![CDATA[two]]> </a:K><E/><b:N x='&lt;1' y:z=' 2 '>3</b:N>tail</a:R> junk";
    let document = Document::parse(text).unwrap();
    let root = document.root();
    assert_eq!((root.name(), root.namespace(), root.text()), ("R", "urn:a", Some("tail")));
    assert_eq!(root.child_text("K"), Some("one & two"));
    let empty = root.child("E").unwrap();
    assert_eq!((empty.namespace(), empty.text()), ("urn:d", None));
    let odd = root.child("N").unwrap();
    assert_eq!((odd.namespace(), odd.text()), ("", Some("3")));
    assert_eq!(odd.attribute("x").as_deref(), Some("<1"));
    assert_eq!(odd.attribute("z").as_deref(), Some("2"));
    assert_eq!(odd.attribute("q"), None);
    assert_eq!(root.children().map(Element::name).collect::<Vec<_>>(), ["K", "E", "N"]);
}

#[test]
fn a_declaration_ends_with_its_element() {
    let document = Document::parse("<r><p xmlns='urn:p'><q/></p><s/></r>").unwrap();
    let root = document.root();
    assert_eq!(root.child("p").unwrap().child("q").unwrap().namespace(), "urn:p");
    assert_eq!(root.child("s").unwrap().namespace(), "");
}

#[test]
fn document_types_and_entities_are_refused() {
    assert_eq!(
        refused("<?xml version='1.0'?>\n<!DOCTYPE r SYSTEM 'file:///etc/passwd'><r/>"),
        XmlError::DocumentType { line: 2 }
    );
    let bomb = "<!DOCTYPE b [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><r>&b;</r>";
    assert!(refused(bomb).is_forbidden());
    assert_eq!(refused("<r>\n\n&x;</r>"), XmlError::Entity { name: "x".into(), line: 3 });
    assert!(!refused("<r>").is_forbidden());
}

#[test]
fn absurd_depth_stops_at_the_limit() {
    assert_eq!(refused(&"<d>".repeat(100_000)), XmlError::TooDeep { line: 1 });
    let deepest = format!("{}{}", "<d>".repeat(MAX_DEPTH), "</d>".repeat(MAX_DEPTH));
    assert!(Document::parse(&deepest).is_ok());
}

#[test]
fn too_many_attributes_elements_or_namespaces_are_refused() {
    let mut tag = String::from("<r");
    for number in 0..100_000 {
        write!(tag, " a{number}='{number}'").unwrap();
    }
    tag.push_str("/>");
    assert!(matches!(refused(&tag), XmlError::TooManyAttributes { .. }));
    let many = format!("<r>{}</r>", "<e/>".repeat(MAX_ELEMENTS));
    assert!(matches!(refused(&many), XmlError::TooManyElements { .. }));
    let mut spaces = String::from("<r>");
    for number in 0..=MAX_NAMESPACES {
        write!(spaces, "<e xmlns='urn:{number}'/>").unwrap();
    }
    assert!(matches!(refused(&spaces), XmlError::TooManyNamespaces { .. }));
}

#[test]
fn broken_files_say_what_and_where() {
    assert_eq!(refused("<r><Id>1</Id><Ass"), XmlError::CutShort { element: "r".into() });
    assert!(matches!(refused("<r>\n<a></b></r>"), XmlError::Malformed { line: 2, .. }));
    assert!(matches!(refused("nothing here"), XmlError::Malformed { .. }));
    assert_eq!(decode(b"").unwrap_err(), XmlError::Empty);
    assert_eq!(decode(b"\xef\xbb\xbf \r\n").unwrap_err(), XmlError::Empty);
    assert!(matches!(decode(&vec![b' '; MAX_BYTES + 1]).unwrap_err(), XmlError::TooLarge { .. }));
}

#[test]
fn every_encoding_in_use_is_decoded() {
    let utf16 = |big: bool| -> Vec<u8> {
        "\u{feff}<r>é</r>"
            .encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    };
    let cases: Vec<Vec<u8>> = vec![
        "<r>é</r>".into(),
        "\u{feff}<r>é</r>".into(),
        utf16(true),
        utf16(false),
        utf16(false).split_off(2),
        b"<?xml version='1.0' encoding='ISO-8859-1'?><r>\xe9</r>".to_vec(),
        b"<?xml version=\"1.0\" encoding = \"windows-1252\"?>\n<r>\xe9</r>".to_vec(),
        "<?xml version='1.0' encoding='UTF-16'?><r>é</r>".into(),
    ];
    for bytes in cases {
        let decoded = decode(&bytes).unwrap();
        assert!(!decoded.damaged);
        assert_eq!(Document::parse(&decoded.text).unwrap().root().text(), Some("é"), "{bytes:?}");
    }
    assert!(decode(b"<r>\xff</r>").unwrap().damaged);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(decoded) = decode(&bytes) {
            let _ = Document::parse(&decoded.text);
        }
    }

    #[test]
    fn no_markup_soup_makes_it_panic(parts in proptest::collection::vec(
        prop_oneof![
            Just("<"), Just(">"), Just("</"), Just("/>"), Just("<a"), Just("<a>"), Just("</a>"), Just("&"), Just(";"), Just("&#x0;"),
            Just("&#99999999;"), Just("xmlns:é="), Just("xmlns='"), Just("'"), Just("\""), Just("<!--"), Just("-->"), Just("<![CDATA["),
            Just("]]>"), Just("<!DOCTYPE"), Just("[<!ENTITY"), Just("<?xml "), Just("?>"), Just(" x=1"), Just("é"), Just(":"), Just(" "),
        ], 0..60)) {
        let text = parts.concat();
        if let Ok(document) = Document::parse(&text) {
            let mut stack = vec![document.root()];
            let mut seen = 0;
            while let Some(element) = stack.pop() {
                seen += 1;
                stack.extend(element.children());
            }
            prop_assert_eq!(seen, document.nodes.len());
        }
    }
}
