//! Facts about reading titles.

use proptest::prelude::*;

use super::*;

fn read(title: &str) -> Naming {
    decode(title).unwrap_or_else(|| panic!("{title} is a title of the convention"))
}

#[test]
fn a_full_title_gives_every_field() {
    let naming = read("Engine7_FTR-25-3D-14fl_S_EN-EN-CCAP_US-G_71-HI-VI-Atmos-Dbox_2K_DI_20170605_DTB_SMPTE-3D_OV");
    assert_eq!(
        naming,
        Naming {
            title: Some("Engine7".into()),
            type_code: Some("FTR".into()),
            content_kind: Some("feature".into()),
            version: Some(25),
            luminance: Some("14fl".into()),
            aspect: Some("scope".into()),
            audio_language: Some("en".into()),
            subtitle_languages: vec!["en".into()],
            captions: vec!["CCAP".into()],
            territory: Some("US".into()),
            region: Some("US".into()),
            rating: Some("G".into()),
            sound_channels: Some(8),
            audio: ["71", "HI", "VI", "ATMOS", "DBOX"].map(Into::into).into(),
            resolution: Some("2K".into()),
            studio: Some("DI".into()),
            date: Some("2017-06-05".into()),
            facility: Some("DTB".into()),
            standard: Some(Dialect::Smpte),
            stereoscopic: Some(true),
            package_type: Some(PackageType::Ov),
            ..Naming::default()
        }
    );
}

#[test]
fn several_subtitles_and_a_bare_territory_are_told_apart() {
    let naming = read("SpaceGala2_FTR-1-2D_S_EN-FR-AR_LB_71-Dbox_2K_DI_20170411_DTU_IOP_VF-2");
    assert_eq!(naming.subtitle_languages, ["fr", "ar"]);
    assert_eq!((naming.territory.as_deref(), naming.stereoscopic), (Some("LB"), Some(false)));
    assert_eq!(
        (naming.standard, naming.package_type, naming.package_version),
        (Some(Dialect::Interop), Some(PackageType::Vf), Some(2))
    );
}

#[test]
fn lower_case_subtitles_are_burnt_in_and_letters_are_modifiers() {
    let naming = read("Claws_FTR-M_S_EN-de_DE_ATMOS-DBOX_2K_TCF_20171213_DTU_SMPTE_OV");
    assert!(naming.burnt_in_subtitles);
    assert_eq!((naming.modifiers, naming.version), (vec!["M".to_owned()], None));
    assert_eq!((naming.subtitle_languages, naming.territory), (vec!["de".to_owned()], Some("DE".to_owned())));
    assert_eq!((naming.studio.as_deref(), naming.facility.as_deref()), (Some("TCF"), Some("DTU")));
}

#[test]
fn missing_fields_leave_the_others_in_place() {
    let naming = read("Short_FTR-1_F_MOS_2K_20200308_IOP_OV");
    assert_eq!((naming.aspect.as_deref(), naming.audio), (Some("flat"), vec!["MOS".to_owned()]));
    assert_eq!((naming.resolution.as_deref(), naming.date.as_deref()), (Some("2K"), Some("2020-03-08")));
    assert_eq!((naming.audio_language, naming.territory, naming.studio, naming.facility), (None, None, None, None));
    let naming = read("GlassesNotice_XSN_F");
    assert_eq!((naming.content_kind.as_deref(), naming.aspect.as_deref()), (Some("transitional"), Some("flat")));
}

#[test]
fn rates_and_versions_are_told_apart() {
    assert_eq!((read("A_TST-48_S_2K").frame_rate, read("A_TST-48_S_2K").version), (Some(48), None));
    assert_eq!((read("A_FTR-3-60_S_2K").frame_rate, read("A_FTR-3-60_S_2K").version), (Some(60), Some(3)));
}

#[test]
fn old_titles_with_underscores_and_any_letter_case_are_read() {
    let naming = read("the_long_night_ftr_s_qbp-xx_br_51-en_4k_abc_20210102_xyz_iop");
    assert_eq!((naming.title.as_deref(), naming.audio_language.as_deref()), (Some("the_long_night"), Some("pt-BR")));
    assert_eq!((naming.audio, naming.sound_channels), (vec!["51".to_owned()], Some(6)));
    assert_eq!((naming.facility.as_deref(), naming.standard), (Some("XYZ"), Some(Dialect::Interop)));
}

#[test]
fn other_titles_are_not_of_the_convention() {
    for title in ["A Test Title", "", "FTR", "Thing_FTR", "FTR_S_2K", "one_two_three_four"] {
        assert_eq!(decode(title), None, "{title}");
    }
}

#[test]
fn territories_become_regions_and_international_versions_say_whether_they_have_texts() {
    let territory = |field: &str| {
        let naming = read(&format!("Film_FTR-1_F_EN-XX_{field}_51_2K_AB_20200101_CD_SMPTE_OV"));
        (naming.territory, naming.region, naming.rating, naming.texted)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(territory("UK-12A"), (some("UK"), some("GB"), some("12A"), None));
    assert_eq!(territory("INT-TL"), (some("INT"), some("001"), None, Some(false)));
    assert_eq!(territory("INT-TD"), (some("INT"), some("001"), None, Some(true)));
    assert_eq!(territory("EMEA"), (some("EMEA"), None, None, None));
    assert_eq!(territory("OV"), (some("OV"), None, None, None));
}

#[test]
fn modifiers_are_kept_and_the_known_ones_understood() {
    let naming = read("Big-IMAX_FTR-3-Temp-RedBand-ALT-3D-6fl-25-DVis-EPIQ_S_EN-XX_US_ATMOS-71_4K_SMPTE-3D_OV");
    assert_eq!(naming.modifiers, ["Temp", "RedBand", "ALT", "DVis", "EPIQ"]);
    assert_eq!((naming.version, naming.frame_rate, naming.luminance.as_deref()), (Some(3), Some(25), Some("6fl")));
    assert_eq!((naming.imax, naming.version_status.as_deref()), (true, Some("temp")));
    assert_eq!(naming.features, [Feature::DolbyVision, Feature::Epiq]);
}

proptest! {
    #[test]
    fn no_title_makes_it_panic(title in "[A-Za-z0-9_é -]{0,120}") {
        let _ = decode(&title);
    }
}
