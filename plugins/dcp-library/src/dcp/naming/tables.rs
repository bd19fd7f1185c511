//! The words of the naming convention.

/// Content type codes and the content kinds they stand for.
pub(super) const TYPES: [(&str, &str); 16] = [
    ("FTR", "feature"),
    ("TLR", "trailer"),
    ("TSR", "teaser"),
    ("TST", "test"),
    ("RTG", "rating"),
    ("ADV", "advertisement"),
    ("SHR", "short"),
    ("XSN", "transitional"),
    ("PSA", "psa"),
    ("POL", "policy"),
    ("CLP", "clip"),
    ("PRO", "promo"),
    ("STR", "stereocard"),
    ("EPS", "episode"),
    ("HLT", "highlights"),
    ("EVT", "event"),
];

/// A first number of the type field that is one of these is a frame rate; others are versions.
pub(super) const FRAME_RATES: [u32; 6] = [48, 50, 60, 96, 100, 120];

/// Frame rates that can only be rates once a version was read.
pub(super) const LATE_FRAME_RATES: [u32; 9] = [24, 25, 30, 48, 50, 60, 96, 100, 120];

/// Words of the type field that tell how final a composition is.
pub(super) const STATUSES: [(&str, &str); 3] = [("FINAL", "final"), ("PRE", "pre"), ("TEMP", "temp")];

/// Caption words of the language field.
pub(super) const CAPTIONS: [&str; 4] = ["CCAP", "OCAP", "OPNCAP", "SDH"];

/// Territories that are no country code of two letters, and country codes of their own: the code and the region it
/// stands for, as a country code (ISO 3166) or an area code (UN M.49, from 900 on the convention's own).
pub(super) const SPECIAL_TERRITORIES: [(&str, &str); 14] = [
    ("ANT", "AN"),
    ("APAC", ""),
    ("BENELUX", ""),
    ("CIS", "900"),
    ("CS", "RS"),
    ("CUW", "CW"),
    ("DU", "AE-DU"),
    ("EMEA", ""),
    ("INT", "001"),
    ("LAS", "419"),
    ("NAM", "003"),
    ("UK", "GB"),
    ("UKI", "901"),
    ("ZK", "XK"),
];

/// Sound beds and their channels.
pub(super) const SOUND_BEDS: [(&str, u32); 7] =
    [("10", 1), ("20", 2), ("21", 3), ("40", 4), ("51", 6), ("61", 7), ("71", 8)];

/// Other words of the audio field.
pub(super) const AUDIO_WORDS: [&str; 15] =
    ["MOS", "ATMOS", "IAB", "AURO", "AURO3D", "DTSX", "DTS", "HI", "VI", "SL", "DBOX", "IMM", "MONO", "STEREO", "CCAP"];
