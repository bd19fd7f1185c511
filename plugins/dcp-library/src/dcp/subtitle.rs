//! Interop subtitle documents: what the composition leaves open. SMPTE timed text lies inside MXF.

use super::findings::Code;
use super::report::Report;
use super::uuid::Id;
use super::xml::Element;

/// Whether a document is subtitles, of either family.
pub fn is_subtitle(root: Element<'_>) -> bool {
    matches!(root.name(), "DCSubtitle" | "SubtitleReel")
}

/// Reads the language out of the root of an Interop subtitle, as written; free text, such as `French`. A document of
/// another kind, or one that calls itself otherwise than the composition does, is reported.
pub fn read(root: Element<'_>, id: &Id, report: &mut Report<'_>) -> Option<String> {
    if !is_subtitle(root) {
        report.add(Code::DocumentUnreadable, format!("it is played as subtitles but is \"{}\"", root.name()));
        return None;
    }
    let own = report.text(root, "SubtitleID").or_else(|| root.child_text("Id")).and_then(Id::parse);
    if let Some(own) = own.filter(|own| own != id) {
        report.add(Code::IdDiffers, format!("the subtitles call themselves {own}, the composition calls them {id}"));
    }
    report.string(root, "Language")
}

#[cfg(test)]
mod tests {
    use super::super::findings::Findings;
    use super::super::xml::Document;
    use super::*;

    #[test]
    fn the_language_is_found_and_another_id_reported() {
        let read_one = |text: &str| {
            let mut findings = Findings::default();
            let id = Id::parse("00000000-0000-4000-8000-000000000001").unwrap();
            let document = Document::parse(text).unwrap();
            let language = read(document.root(), &id, &mut Report { file: "s.xml", findings: &mut findings });
            (language, findings.into_list().into_iter().map(|finding| finding.code).collect::<Vec<_>>())
        };
        let good = "<DCSubtitle><SubtitleID>00000000-0000-4000-8000-000000000001</SubtitleID><Language> French </Language></DCSubtitle>";
        assert_eq!(read_one(good), (Some("French".into()), vec![]));
        assert_eq!(read_one(&good.replace("0001<", "0002<")), (Some("French".into()), vec![Code::IdDiffers]));
        assert_eq!(read_one("<Other/>"), (None, vec![Code::DocumentUnreadable]));
    }
}
