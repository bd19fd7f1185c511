//! What the show-case holds, package by package.

use crate::package::Dialect;

/// What is special about a package.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Extra {
    /// Pictures for both eyes.
    Stereoscopic,
    /// Composition metadata with the Bv2.1 profile.
    Metadata,
    /// Pictures and sound carry a key.
    Encrypted,
    /// Subtitles in this language.
    Subtitles(&'static str),
    /// Captions in this language.
    Captions(&'static str),
    /// Pictures come from the package of this title; so does the sound, unless `OwnSound`.
    Supplements(&'static str),
    /// Sound of its own beside foreign pictures.
    OwnSound,
    /// A second composition of the same parts with subtitles in this language.
    SecondComposition(&'static str, &'static str),
    /// One byte of the first sound track is changed after hashing.
    Damaged,
    /// The last reel's picture is not there.
    Incomplete,
}

/// One package: the title says the rest by the naming convention.
pub(super) struct Plan {
    pub(super) title: &'static str,
    pub(super) kind: &'static str,
    pub(super) reels: u32,
    pub(super) frames: u32,
    pub(super) size: (u32, u32),
    pub(super) channels: u32,
    pub(super) language: &'static str,
    pub(super) extras: &'static [Extra],
}

const FLAT: (u32, u32) = (1_998, 1_080);
const SCOPE: (u32, u32) = (2_048, 858);
const SCOPE_4K: (u32, u32) = (4_096, 1_716);

const fn plan(
    title: &'static str,
    kind: &'static str,
    shape: (u32, u32),
    channels: u32,
    extras: &'static [Extra],
) -> Plan {
    Plan { title, kind, reels: 1, frames: 720, size: shape, channels, language: "en", extras }
}

const fn feature(
    title: &'static str,
    shape: (u32, u32),
    channels: u32,
    language: &'static str,
    extras: &'static [Extra],
) -> Plan {
    Plan { reels: 3, frames: 28_800, language, ..plan(title, "feature", shape, channels, extras) }
}

const LANTERN: &str = "LanternHill_FTR-1_S_EN-XX_INT_51_2K_LHS_20260912_LHP_SMPTE_OV";
const SALT: &str = "SaltRoad_FTR-1_F_ES-XX_ES_51_2K_ARE_20260305_LHP_IOP_OV";
const COMETS: &str = "PaperComets_FTR-1-3D-4fl_S_EN-XX_INT_71_2K_PCM_20260601_LHP_SMPTE-3D_OV";

/// Originals come before what supplements them.
pub(super) const PLANS: &[Plan] = &[
    feature(LANTERN, SCOPE, 6, "en", &[Extra::Metadata]),
    feature(
        "LanternHill_FTR-1_S_EN-FR_FR_51_2K_LHS_20260920_LHP_SMPTE_VF",
        SCOPE,
        6,
        "en",
        &[Extra::Supplements(LANTERN), Extra::Subtitles("fr")],
    ),
    feature(
        "LanternHill_FTR-1_S_DE-XX_DE-6_51_2K_LHS_20260921_LHP_SMPTE_VF-2",
        SCOPE,
        6,
        "de",
        &[Extra::Supplements(LANTERN), Extra::OwnSound],
    ),
    plan("LanternHill_TLR-1_S_EN-XX_INT_51_2K_LHS_20260701_LHP_SMPTE_OV", "trailer", SCOPE, 6, &[]),
    plan("LanternHill_TSR-1_F_EN-XX_INT_51_2K_LHS_20260601_LHP_IOP_OV", "teaser", FLAT, 6, &[]),
    feature(SALT, FLAT, 6, "es", &[]),
    feature(
        "SaltRoad_FTR-1_F_ES-EN_GB-12A_51_2K_ARE_20260311_LHP_IOP_VF",
        FLAT,
        6,
        "es",
        &[Extra::Supplements(SALT), Extra::Subtitles("en")],
    ),
    plan("SaltRoad_TLR-2_F_ES-EN_GB_51_2K_ARE_20260201_LHP_IOP_OV", "trailer", FLAT, 6, &[Extra::Subtitles("en")]),
    feature(
        "NorthOfNine_FTR-3_S_NO-EN-CCAP_US-PG_71-HI-VI_4K_NON_20261002_LHP_SMPTE_OV",
        SCOPE_4K,
        16,
        "no",
        &[Extra::Metadata, Extra::Subtitles("en"), Extra::Captions("en")],
    ),
    plan(
        "NorthOfNine_TLR-1-48_S_NO-EN_INT_51_2K_NON_20260815_LHP_SMPTE_OV",
        "trailer",
        SCOPE,
        6,
        &[Extra::Subtitles("en")],
    ),
    feature(COMETS, SCOPE, 8, "en", &[Extra::Stereoscopic, Extra::Encrypted, Extra::Metadata]),
    plan(
        "PaperComets_TLR-1-3D_S_EN-XX_INT_51_2K_PCM_20260410_LHP_IOP-3D_OV",
        "trailer",
        SCOPE,
        6,
        &[Extra::Stereoscopic],
    ),
    feature(
        "TwoWinters_FTR-2_F_FI-SV_FI_51_2K_TWF_20260118_LHP_SMPTE_OV",
        FLAT,
        6,
        "fi",
        &[
            Extra::Metadata,
            Extra::Subtitles("sv"),
            Extra::SecondComposition("TwoWinters_FTR-2_F_FI-EN_INT_51_2K_TWF_20260118_LHP_SMPTE_OV", "en"),
        ],
    ),
    plan("GlassOrchard_SHR_F_JA-en_INT_20_2K_GOC_20260505_LHP_SMPTE_OV", "short", FLAT, 2, &[Extra::Metadata]),
    plan("QuietHarbour_TLR-4-RedBand_F_EN-XX_US-RB_51_2K_QHB_20260622_LHP_IOP_OV", "trailer", FLAT, 6, &[]),
    plan("MorningTram_ADV_F_DE-XX_DE_51_2K_MTK_20260801_LHP_SMPTE_OV", "advertisement", FLAT, 6, &[]),
    plan("OakAndEmber_ADV_F_EN-XX_GB_51_2K_OAE_20260714_LHP_IOP_OV", "advertisement", FLAT, 6, &[]),
    plan("RiverSoda_ADV_S_FR-XX_FR_51_2K_RSD_20260716_LHP_SMPTE_OV", "advertisement", SCOPE, 6, &[]),
    plan("PhonesAway_POL_F_XX-XX_INT_MOS_2K_LHS_20260101_LHP_SMPTE_OV", "policy", FLAT, 0, &[]),
    plan("MindTheReef_PSA_F_EN-XX_AU_51_2K_MTR_20260228_LHP_SMPTE_OV", "psa", FLAT, 6, &[]),
    plan("LanternHill_RTG-F_F_XX-XX_GB-PG_MOS_2K_LHS_20260901_LHP_IOP_OV", "rating", FLAT, 0, &[]),
    plan("ChannelCheck_TST_F_XX-XX_INT_71_2K_LHS_20260102_LHP_SMPTE_OV", "test", FLAT, 8, &[]),
    plan("BrokenMirrors_TLR-1_S_EN-XX_INT_51_2K_BRM_20260330_LHP_SMPTE_OV", "trailer", SCOPE, 6, &[Extra::Damaged]),
    feature("HalfOfTheMoon_FTR-1_F_IT-XX_IT_51_2K_HOM_20260404_LHP_IOP_OV", FLAT, 6, "it", &[Extra::Incomplete]),
];

impl Plan {
    pub(super) fn dialect(&self) -> Dialect {
        if self.title.contains("_IOP") { Dialect::Interop } else { Dialect::Smpte }
    }

    pub(super) fn has(&self, extra: Extra) -> bool {
        self.extras.contains(&extra)
    }

    /// Date of the title, as the documents write it.
    pub(super) fn issued(&self) -> String {
        let is_date = |field: &&str| field.len() == 8 && field.bytes().all(|byte| byte.is_ascii_digit());
        let date = self.title.split('_').find(is_date).unwrap_or("20260101");
        format!("{}-{}-{}T10:00:00+00:00", &date[..4], &date[4..6], &date[6..])
    }

    pub(super) fn original(&self) -> Option<&'static str> {
        self.extras.iter().find_map(|extra| match extra {
            Extra::Supplements(title) => Some(*title),
            _ => None,
        })
    }

    /// Frames a second: the second number of the type field, when it is a rate.
    pub(super) fn frame_rate(&self) -> u32 {
        if self.title.contains("-48_") { 48 } else { 24 }
    }
}
