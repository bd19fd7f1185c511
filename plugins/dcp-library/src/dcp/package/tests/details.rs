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
