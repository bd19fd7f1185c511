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

/// Language codes whose tag is not just their lower case form.
pub(super) const SPECIAL_LANGUAGES: [(&str, &str); 23] = [
    ("QBP", "pt-BR"),
    ("QFC", "fr-CA"),
    ("LAS", "es-419"),
    ("QSM", "es-MX"),
    ("QSA", "es-AR"),
    ("QCO", "es-CO"),
    ("QCL", "es-CL"),
    ("QMS", "cmn-Hans"),
    ("QMT", "cmn-Hant"),
    ("QTM", "cmn-TW"),
    ("YUE", "yue"),
    ("YHK", "yue-HK"),
    ("VLS", "nl-BE"),
    ("ZHS", "zh-Hans"),
    ("ZHT", "zh-Hant"),
    ("SVF", "sv-FI"),
    ("FRBE", "fr-BE"),
    ("DCH", "de-CH"),
    ("DEA", "de-AT"),
    ("EGB", "en-GB"),
    ("EUS", "en-US"),
    ("IND", "id"),
    ("MSA", "ms"),
];

/// Plain language codes in use, sorted for binary search.
pub(super) const PLAIN_LANGUAGES: [&str; 110] = [
    "AF", "AM", "AR", "AZ", "BE", "BG", "BHO", "BN", "BO", "BS", "CA", "CMN", "CS", "CY", "DA", "DE", "DV", "EL", "EN",
    "EO", "ES", "ET", "EU", "FA", "FI", "FIL", "FJ", "FR", "GA", "GD", "GL", "GU", "HAW", "HE", "HI", "HR", "HSN",
    "HU", "HY", "ID", "IS", "IT", "JA", "KA", "KK", "KM", "KN", "KO", "KY", "LA", "LB", "LO", "LT", "LV", "MI", "MK",
    "ML", "MN", "MO", "MR", "MS", "MT", "MY", "NAN", "NB", "NE", "NL", "NN", "NO", "OR", "PA", "PL", "PS", "PT", "RO",
    "RU", "SE", "SH", "SI", "SK", "SL", "SM", "SN", "SO", "SQ", "SR", "SV", "SW", "TA", "TE", "TG", "TH", "TK", "TL",
    "TLH", "TN", "TO", "TR", "TT", "UK", "UND", "UR", "UZ", "VI", "XH", "XX", "YI", "YO", "ZH", "ZU",
];

/// Caption words of the language field.
pub(super) const CAPTIONS: [&str; 4] = ["CCAP", "OCAP", "OPNCAP", "SDH"];

/// Territories that are no two-letter country code.
pub(super) const SPECIAL_TERRITORIES: [&str; 8] = ["INT", "UKI", "LAS", "NAM", "CIS", "BENELUX", "EMEA", "APAC"];

/// Sound beds and their channels.
pub(super) const SOUND_BEDS: [(&str, u32); 7] =
    [("10", 1), ("20", 2), ("21", 3), ("40", 4), ("51", 6), ("61", 7), ("71", 8)];

/// Other words of the audio field.
pub(super) const AUDIO_WORDS: [&str; 15] =
    ["MOS", "ATMOS", "IAB", "AURO", "AURO3D", "DTSX", "DTS", "HI", "VI", "SL", "DBOX", "IMM", "MONO", "STEREO", "CCAP"];
