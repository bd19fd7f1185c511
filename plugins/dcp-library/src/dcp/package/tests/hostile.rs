//! Facts about packages that are broken or mean harm.

use super::*;

#[test]
fn an_escaping_path_is_refused_and_nothing_outside_is_read() {
    for path in ["../../etc/passwd", "/etc/passwd", "file:///../x", "%2e%2e/x", "..\\x", "C:\\x"] {
        let mut folder = good();
        folder.edit("ASSETMAP.xml", "a.mxf", path);
        let package = folder.read_one();
        assert_eq!((package.state, state_of(&package, 5)), (State::Corrupt, AssetState::Missing), "{path}");
        assert!(has(&package, Code::PathEscapes), "{path}");
        assert_eq!(package.assets[2].path, None);
        assert!(folder.reads.borrow().iter().all(|read| folder.files.contains_key(read)), "{path}");
    }
}

#[test]
fn entities_and_document_types_are_refused_in_every_document() {
    let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>";
    for (path, expected) in [("ASSETMAP.xml", 0), ("pkl.xml", 3), ("cpl.xml", 3)] {
        for head in ["<!DOCTYPE x SYSTEM 'file:///etc/passwd'>", bomb] {
            let mut folder = good();
            let text = String::from_utf8(folder.files[path].clone()).unwrap();
            folder.put(path, format!("<?xml version='1.0'?>{head}{text}"));
            let package = folder.read_one();
            assert!(has(&package, Code::DocumentForbidden), "{path}");
            assert_eq!((package.state, package.assets.len()), (State::Corrupt, expected), "{path}");
        }
    }
    let mut folder = good();
    folder.edit("cpl.xml", "Night", "&xxe;");
    assert!(has(&folder.read_one(), Code::DocumentForbidden));
}

#[test]
fn absurd_documents_are_findings_not_failures() {
    let attributes: String = (0..100_000).map(|number| format!(" a{number}='1'")).collect();
    for text in [
        "<d>".repeat(100_000),
        format!("<AssetMap{attributes}/>"),
        String::new(),
        " ".into(),
        "<AssetMap".into(),
        "\0\0\0".into(),
    ] {
        let mut folder = good();
        folder.put("ASSETMAP.xml", text);
        let package = folder.read_one();
        assert!(has(&package, Code::AssetMapUnreadable));
        assert_eq!((package.state, package.key(), package.package_name.as_str()), (State::Corrupt, None, "Folder"));
    }
    let mut folder = good();
    folder.put("ASSETMAP.xml", "<Other/>");
    assert!(has(&folder.read_one(), Code::AssetMapUnreadable));
    let mut folder = good();
    folder.put("ASSETMAP.xml", vec![b' '; 17 * 1024 * 1024]);
    assert!(has(&folder.read_one(), Code::DocumentUnreadable));
    assert!(folder.reads.borrow().is_empty(), "a file too large is not even read");
}

#[test]
fn a_package_without_namespaces_is_read_all_the_same() {
    let mut folder = good();
    for (path, namespace) in [("ASSETMAP.xml", AM), ("pkl.xml", PKL), ("cpl.xml", CPL)] {
        folder.edit(path, &format!(" xmlns='{namespace}'"), "");
    }
    let length = folder.files["cpl.xml"].len();
    folder.put(
        "pkl.xml",
        packing_list(&(packed(3, length, "") + &packed(4, 40, "") + &packed(5, 50, "")))
            .replace(&format!(" xmlns='{PKL}'"), ""),
    );
    let package = folder.read_one();
    assert_eq!((package.state, package.format), (State::Complete, Some(Format::Smpte)));
    assert_eq!(codes(&package).iter().filter(|code| **code == Code::NamespaceMissing).count(), 3);
    assert_eq!(package.compositions.len(), 1);
}

#[test]
fn wrong_sizes_are_corrupt_when_old_and_incoming_when_young() {
    let mut folder = good();
    folder.put("a.mxf", vec![0; 20]);
    let package = folder.read_one();
    assert_eq!((package.state, state_of(&package, 5)), (State::Corrupt, AssetState::SizeMismatch));
    assert_eq!(
        (package.assets[2].actual_size_bytes, package.total_size_bytes),
        (Some(20), package.assets[0].size_bytes + 90)
    );
    folder.modified_ms = NOW_MS - 5_000;
    let package = folder.read_one();
    assert_eq!(
        (package.state, package.recheck_at_ms),
        (State::Incoming, Some(NOW_MS - 5_000 + Options::default().incoming_window_ms))
    );
    assert!(has(&package, Code::SizeMismatch) && has(&package, Code::StillArriving));
}

#[test]
fn empty_and_unreadable_files_are_named() {
    let mut folder = good();
    folder.put("cpl.xml", "");
    let package = folder.read_one();
    assert!(has(&package, Code::FileEmpty) && has(&package, Code::SizeMismatch));
    let mut folder = good();
    folder.unreadable = Some("pkl.xml".into());
    let package = folder.read_one();
    let finding = package.findings.iter().find(|finding| finding.code == Code::FileUnreadable).unwrap();
    assert_eq!((finding.file.as_deref(), package.state), (Some("pkl.xml"), State::Corrupt));
    assert!(finding.message.contains("bad sector"));
    let package = Memory { unlistable: true, ..Memory::default() }.read_one();
    assert_eq!((package.state, codes(&package)), (State::Unreachable, vec![Code::FolderUnreadable]));
    assert!(has(&Memory::default().read_one(), Code::AssetMapMissing));
}

#[test]
fn absurd_numbers_never_overflow() {
    let huge = i64::MAX.to_string();
    let mut folder = good();
    folder.edit(
        "cpl.xml",
        "<IntrinsicDuration>48</IntrinsicDuration>",
        &format!(
            "<IntrinsicDuration>{huge}</IntrinsicDuration><EntryPoint>{huge}</EntryPoint><Duration>{huge}</Duration>"
        ),
    );
    folder.edit("pkl.xml", "<Size>40</Size>", &format!("<Size>{huge}</Size>"));
    folder.edit("pkl.xml", "<Size>50</Size>", "<Size>99999999999999999999</Size>");
    folder.edit("ASSETMAP.xml", "<VolumeCount>1", "<VolumeCount>-1");
    folder.modified_ms = i64::MIN;
    let package = read_packages(&folder, i64::MAX, &Options::default()).remove(0);
    assert_eq!((package.state, package.volume_count), (State::Corrupt, 1));
    assert!(package.total_size_bytes >= i64::MAX as u64 && has(&package, Code::NumberInvalid));
}

#[test]
fn endless_text_is_cut() {
    let mut folder = good();
    folder.edit("cpl.xml", "EN-XX", &"EN-".repeat(1_000_000));
    folder.edit("pkl.xml", HASH, &"A".repeat(1_000_000));
    let package = folder.read_one();
    let title = package.content_title.as_deref().unwrap();
    assert_eq!(title.chars().count(), crate::dcp::xml::MAX_TEXT_CHARS);
    assert!(serde_json::to_string(&package).unwrap().len() < 100_000);
    assert!(has(&package, Code::HashInvalid));
}
