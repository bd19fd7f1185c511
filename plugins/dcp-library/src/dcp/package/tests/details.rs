//! What is told of single assets, beyond whether they are here.

use super::*;
use crate::dcp::composition::Encryption;

const KEY: &str = "<KeyId>urn:uuid:00000000-0000-4000-8000-00000000000a</KeyId>";

fn asset(package: &Package, number: u32) -> &Asset {
    package.assets.iter().find(|asset| asset.id.to_string() == id(number)).unwrap()
}

#[test]
fn keys_and_languages_are_told_of_every_asset() {
    let mut folder = good();
    folder.edit("cpl.xml", "<Language>en</Language>", &format!("<Language>en</Language>{KEY}"));
    let size = folder.files["cpl.xml"].len();
    let lists = packed(3, size, "text/xml") + &packed(4, 40, "application/mxf") + &packed(5, 50, "application/mxf");
    folder.put("pkl.xml", packing_list(&lists));
    let package = folder.read_one();
    assert_eq!(package.compositions[0].encryption, Encryption::Partial);
    assert_eq!((&asset(&package, 4).key_id, asset(&package, 5).language.as_deref()), (&None, Some("en")));
    assert_eq!(asset(&package, 5).key_id.as_ref().unwrap().to_string(), "00000000-0000-4000-8000-00000000000a");
}

#[test]
fn annotations_and_former_names_are_kept_when_they_say_something() {
    let mut folder = good();
    let named = |annotation: &str, name: &str| {
        format!("<AnnotationText>{annotation}</AnnotationText><OriginalFileName>{name}</OriginalFileName></Asset>")
    };
    let list = packed(4, 40, "application/mxf").replace("</Asset>", &named("Picture", "master.mxf"))
        + &packed(5, 50, "application/mxf").replace("</Asset>", &named(&id(5), "a.mxf"));
    folder.put("pkl.xml", packing_list(&list));
    folder.edit("ASSETMAP.xml", "<VolumeCount>", "<AnnotationText>House</AnnotationText><VolumeCount>");
    let package = folder.read_one();
    assert_eq!(package.annotation.as_deref(), Some("House"));
    let told =
        |number| (asset(&package, number).annotation.as_deref(), asset(&package, number).original_file_name.as_deref());
    assert_eq!((told(4), told(5)), ((Some("Picture"), Some("master.mxf")), (None, None)));
}

#[test]
fn interop_subtitles_tell_their_language_where_the_composition_does_not() {
    let mut folder = good();
    let cpl = composition(&(track("MainPicture", 4, "") + &track("MainSound", 5, "") + &track("MainSubtitle", 6, "")));
    let text =
        format!("<DCSubtitle Version='1.0'><SubtitleID>{}</SubtitleID><Language>French</Language></DCSubtitle>", id(6));
    let lists = packed(3, cpl.len(), "text/xml")
        + &packed(4, 40, "application/mxf")
        + &packed(5, 50, "application/mxf")
        + &packed(6, text.len(), "text/xml;asdcpKind=Subtitle");
    let map = [(3, "cpl.xml"), (4, "v.mxf"), (5, "a.mxf"), (6, "sub.xml")]
        .map(|(number, path)| map_asset(number, &chunk(path)));
    folder.put("ASSETMAP.xml", asset_map(AM, &map.concat()));
    folder.put("pkl.xml", packing_list(&lists));
    folder.put("cpl.xml", cpl.clone());
    folder.put("sub.xml", text);
    let package = folder.read_one();
    assert_eq!(package.compositions[0].languages.subtitle, ["French"]);
    assert_eq!(
        (asset(&package, 6).language.as_deref(), asset(&package, 6).kind),
        (Some("French"), AssetKind::Subtitle)
    );
    // A composition that tells the language leaves the document closed.
    folder.put("cpl.xml", cpl.replace("MainSubtitle><Id>", "MainSubtitle><Language>de</Language><Id>"));
    folder.reads.borrow_mut().clear();
    assert_eq!(folder.read_one().compositions[0].languages.subtitle, ["de"]);
    assert!(!folder.reads.borrow().contains(&"sub.xml".to_owned()));
}

#[test]
fn pieces_that_do_not_meet_are_told() {
    let mut folder = good();
    let piece = |path: &str, offset: u32| format!("<Chunk><Path>{path}</Path><Offset>{offset}</Offset></Chunk>");
    let map = |second: u32| {
        let pieces = piece("v.2", second) + &piece("v.1", 0);
        map_asset(3, &chunk("cpl.xml")) + &map_asset(4, &pieces) + &map_asset(5, &chunk("a.mxf"))
    };
    folder.files.remove("v.mxf");
    folder.put("v.1", vec![0; 15]);
    folder.put("v.2", vec![0; 25]);
    for (second, disjoint) in [(15, false), (14, true), (16, true)] {
        folder.put("ASSETMAP.xml", asset_map(AM, &map(second)));
        let package = folder.read_one();
        assert_eq!(has(&package, Code::ChunksDisjoint), disjoint, "{second}");
        assert_eq!(state_of(&package, 4), AssetState::Unverified);
    }
}

/// The good package with other tracks in its reel; all of them are in the packing list with 40 bytes.
fn with_tracks(tracks: &str, numbers: &[u32]) -> Memory {
    let mut folder = good();
    let cpl = composition(tracks);
    let (mut lists, mut map) = (packed(3, cpl.len(), "text/xml"), map_asset(3, &chunk("cpl.xml")));
    for number in numbers {
        let path = format!("{number}.mxf");
        lists += &packed(*number, 40, "application/mxf");
        map += &map_asset(*number, &chunk(&path));
        folder.put(&path, vec![0; 40]);
    }
    folder.put("ASSETMAP.xml", asset_map(AM, &map));
    folder.put("pkl.xml", packing_list(&lists));
    folder.put("cpl.xml", cpl);
    folder
}

#[test]
fn two_closed_captions_of_one_reel_are_both_played() {
    let caption = |number: u32, language: &str| {
        let namespace = "http://www.smpte-ra.org/schemas/429-12/2008/TT";
        let own = format!("<tt:Language xmlns:tt='{namespace}'>{language}</tt:Language>");
        track("tt:ClosedCaption", number, &own).replacen(
            "<tt:ClosedCaption",
            &format!("<tt:ClosedCaption xmlns:tt='{namespace}'"),
            1,
        )
    };
    let tracks = track("MainPicture", 4, "") + &track("MainSound", 5, "") + &caption(6, "fr") + &caption(7, "de");
    let package = with_tracks(&tracks, &[4, 5, 6, 7]).read_one();
    assert_eq!(package.state, State::Complete);
    let composition = &package.compositions[0];
    assert_eq!(composition.languages.closed_caption, ["fr", "de"]);
    assert_eq!((composition.complete, composition.reels[0].assets.len()), (true, 4));
    let told: Vec<_> =
        [6, 7].map(|number| (asset(&package, number).kind, asset(&package, number).language.as_deref())).into();
    assert_eq!(told, [(AssetKind::ClosedCaption, Some("fr")), (AssetKind::ClosedCaption, Some("de"))]);
    assert!(!package.findings.iter().any(|finding| finding.severity == crate::dcp::findings::Severity::Error));
}

#[test]
fn letter_case_and_spelling_of_ids_do_not_matter() {
    let number = 0xabc;
    let bare = "00000000-0000-4000-8000-000000000abc";
    let mut folder = with_tracks(&(track("MainPicture", number, "") + &track("MainSound", 5, "")), &[number, 5]);
    let written = id(number);
    let spelt = [("ASSETMAP.xml", bare.to_uppercase()), ("pkl.xml", bare.to_owned()), ("cpl.xml", bare.to_uppercase())];
    for (file, spelling) in spelt {
        folder.edit(file, &written, &spelling);
    }
    folder.edit("cpl.xml", &format!("urn:uuid:{}", bare.to_uppercase()), &format!(" {{{}}}\n", bare.to_uppercase()));
    let size = folder.files["cpl.xml"].len();
    let list = String::from_utf8(folder.files["pkl.xml"].clone()).unwrap();
    let (before, rest) = list.split_once("<Size>").unwrap();
    let after = rest.split_once("</Size>").unwrap().1;
    folder.put("pkl.xml", format!("{before}<Size>{size}</Size>{after}"));
    let package = folder.read_one();
    assert_eq!(package.state, State::Complete, "{:?}", package.findings);
    assert!(package.compositions[0].complete && !has(&package, Code::IdNotUuid));
    assert_eq!(package.assets.iter().filter(|asset| asset.id.to_string() == bare).count(), 1);
}

#[test]
fn odd_paths_are_told_in_the_words_of_their_dialect_and_subtitles_by_their_root() {
    let interop = "http://www.digicine.com/PROTO-ASDCP-AM-20040311#";
    let mut folder = with_tracks(&(track("MainPicture", 4, "") + &track("MainSound", 5, "")), &[4, 5, 6]);
    folder.edit("ASSETMAP.xml", AM, interop);
    assert!(!has(&folder.read_one(), Code::PathOffLimits));
    let text = "<DCSubtitle/>                           ".to_owned();
    folder.put("sub title.xml", text.clone().into_bytes());
    folder.edit("ASSETMAP.xml", "6.mxf", "sub title.xml");
    folder.edit("pkl.xml", &packed(6, 40, "application/mxf"), &packed(6, text.len(), "text/xml"));
    let package = folder.read_one();
    let finding = package.findings.iter().find(|finding| finding.code == Code::PathOffLimits).unwrap();
    assert!(finding.message.contains("blanks"), "{}", finding.message);
    assert_eq!(asset(&package, 6).kind, AssetKind::Subtitle);
}
