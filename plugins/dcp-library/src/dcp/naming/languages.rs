//! Language codes of the naming convention and the language tags they stand for.

/// Language codes whose tag is not just their lower case form, and codes of earlier versions of the convention.
/// Sorted for binary search.
const SPECIAL_LANGUAGES: [(&str, &str); 150] = [
    ("ABK", "afb-KW"),
    ("AFQ", "afb-QA"),
    ("ALB", "sq"),
    ("ARA", "ar"),
    ("AZCY", "az-Cyrl"),
    ("AZLT", "az-Latn"),
    ("BOS", "bs"),
    ("BSCY", "bs-Cyrl"),
    ("BUL", "bg"),
    ("CAT", "ca"),
    ("CES", "cs"),
    ("CKBI", "ckb-IQ"),
    ("CZE", "cs"),
    ("DAN", "da"),
    ("DCH", "de-CH"),
    ("DEA", "de-AT"),
    ("DEU", "de"),
    ("DLI", "de-LI"),
    ("DLU", "de-LU"),
    ("DUT", "nl"),
    ("EAE", "en-AE"),
    ("EAU", "en-AU"),
    ("EBZ", "en-BZ"),
    ("ECA", "en-CA"),
    ("ECB", "en-029"),
    ("EGB", "en-GB"),
    ("EGM", "en-MY"),
    ("EGT", "en-TT"),
    ("EGZ", "en-ZA"),
    ("EHK", "en-HK"),
    ("EID", "en-ID"),
    ("EIE", "en-IE"),
    ("EIN", "en-IN"),
    ("EJM", "en-JM"),
    ("ELL", "el"),
    ("ENG", "en"),
    ("ENS", "en-SG"),
    ("ENZ", "en-NZ"),
    ("EPH", "en-PH"),
    ("EST", "et"),
    ("ESW", "en-SE"),
    ("EUS", "en-US"),
    ("EZW", "en-ZW"),
    ("FFL", "ff-Latn"),
    ("FFLN", "ff-Latn-NG"),
    ("FFLS", "ff-Latn-SN"),
    ("FIN", "fi"),
    ("FRA", "fr"),
    ("FRCR", "fr-029"),
    ("FRE", "fr"),
    ("GER", "de"),
    ("GRE", "el"),
    ("GSFR", "gsw-FR"),
    ("HALN", "ha-Latn-NG"),
    ("HALT", "ha-Latn"),
    ("HEB", "he"),
    ("HIN", "hi"),
    ("HRV", "hr"),
    ("HUN", "hu"),
    ("ICE", "is"),
    ("IND", "id"),
    ("ISL", "is"),
    ("ITA", "it"),
    ("IUC", "iu-Cans"),
    ("JPN", "ja"),
    ("KOR", "ko"),
    ("KSDI", "ks-Deva-IN"),
    ("LAS", "es-419"),
    ("LAV", "lv"),
    ("LIT", "lt"),
    ("MNBI", "mni-Beng-IN"),
    ("MNMC", "mn-Mong-CN"),
    ("MNMT", "mn-Mong"),
    ("MSA", "ms"),
    ("NLD", "nl"),
    ("NOR", "no"),
    ("PAPC", "pap-029"),
    ("PJA", "pa-Arab"),
    ("POL", "pl"),
    ("POR", "pt"),
    ("QBP", "pt-BR"),
    ("QCA", "es-CR"),
    ("QCL", "es-CL"),
    ("QCO", "es-CO"),
    ("QCU", "es-CU"),
    ("QFC", "fr-CA"),
    ("QGU", "es-GT"),
    ("QMS", "cmn-Hans"),
    ("QMT", "cmn-Hant"),
    ("QNI", "es-NI"),
    ("QPA", "es-PA"),
    ("QPE", "es-PE"),
    ("QPR", "es-PR"),
    ("QPY", "es-PY"),
    ("QSA", "es-AR"),
    ("QSB", "es-BO"),
    ("QSD", "es-DO"),
    ("QSE", "es-EC"),
    ("QSH", "es-HN"),
    ("QSL", "es-SV"),
    ("QSM", "es-MX"),
    ("QTM", "cmn-TW"),
    ("QUS", "es-US"),
    ("QUY", "es-UY"),
    ("QVE", "es-VE"),
    ("QZB", "qu-BO"),
    ("QZE", "qu-EC"),
    ("QZP", "qu-PE"),
    ("ROM", "ro"),
    ("RUM", "ro"),
    ("RUS", "ru"),
    ("SCC", "sr"),
    ("SCR", "hr"),
    ("SDAR", "sd-Arab"),
    ("SIN", "sd-IN"),
    ("SLK", "sk"),
    ("SLO", "sk"),
    ("SLV", "sl"),
    ("SMAN", "sma-NO"),
    ("SMJN", "smj-NO"),
    ("SPA", "es"),
    ("SQI", "sq"),
    ("SRCB", "sr-BA"),
    ("SRCM", "sr-Cyrl-ME"),
    ("SRCY", "sr-Cyrl"),
    ("SRLB", "sr-Latn-BA"),
    ("SRLM", "sr-ME"),
    ("SRLT", "sr-Latn"),
    ("SRP", "sr"),
    ("SVF", "sv-FI"),
    ("SWE", "sv"),
    ("SYCM", "sr-Cyrl-ME"),
    ("SYSY", "syr-SY"),
    ("TAM", "ta"),
    ("TEL", "te"),
    ("TGCT", "tg-Cyrl-TJ"),
    ("TGCY", "tg-Cyrl"),
    ("THA", "th"),
    ("TUR", "tr"),
    ("TZMA", "tzm-Arab-MA"),
    ("TZMD", "tzm-DZ"),
    ("TZMM", "tzm-Tfng-MA"),
    ("TZMT", "tzm-Tfng"),
    ("UKR", "uk"),
    ("VIE", "vi"),
    ("VLS", "nl-BE"),
    ("WEL", "cy"),
    ("YHK", "yue-HK"),
    ("ZHS", "zh-Hans"),
    ("ZHT", "zh-Hant"),
];

/// Chinese in one script for one region: the first two letters give language and script.
const CHINESE_SCRIPTS: [(&str, &str); 4] =
    [("CS", "cmn-Hans"), ("CT", "cmn-Hant"), ("ZS", "zh-Hans"), ("ZT", "zh-Hant")];
/// Regions those are combined with.
const CHINESE_REGIONS: [&str; 6] = ["CN", "HK", "MO", "MY", "SG", "TW"];

/// Codes of languages (ISO 639) whose tag is their lower case form, sorted for binary search. `XX` is none.
const PLAIN_LANGUAGES: [&str; 182] = [
    "AA", "ABV", "ACM", "ACX", "AEB", "AEC", "AF", "AM", "APC", "AR", "ARN", "ARP", "ARQ", "ARY", "ARZ", "AS", "AYL",
    "AZ", "BA", "BE", "BG", "BHO", "BIN", "BN", "BO", "BR", "BS", "CA", "CHR", "CKB", "CMN", "CO", "COM", "CS", "CY",
    "DA", "DE", "DSB", "DV", "DZ", "EL", "EN", "EO", "ES", "ET", "EU", "FA", "FF", "FI", "FIL", "FIT", "FJ", "FO",
    "FR", "FY", "GA", "GD", "GL", "GN", "GSW", "GU", "HA", "HAW", "HE", "HI", "HR", "HSB", "HSN", "HU", "HY", "IBB",
    "ID", "IG", "II", "IS", "IT", "IU", "JA", "KA", "KK", "KL", "KM", "KN", "KO", "KOK", "KR", "KS", "KY", "LA", "LAD",
    "LB", "LN", "LO", "LT", "LV", "MI", "MIC", "MK", "ML", "MN", "MNI", "MO", "MOH", "MR", "MS", "MT", "MY", "NAN",
    "NB", "NE", "NL", "NN", "NO", "NSO", "NV", "OC", "OM", "OR", "PA", "PAP", "PL", "PRS", "PS", "PT", "QU", "QUC",
    "QUZ", "RM", "RO", "RU", "RW", "SA", "SAH", "SD", "SE", "SH", "SI", "SK", "SL", "SM", "SMA", "SMI", "SMJ", "SMN",
    "SMS", "SN", "SO", "SQ", "SR", "ST", "SV", "SW", "SYR", "TA", "TE", "TG", "TH", "TI", "TK", "TL", "TLH", "TN",
    "TO", "TR", "TS", "TT", "TZM", "UG", "UK", "UND", "UR", "UZ", "VE", "VI", "WO", "XH", "XX", "YI", "YO", "YUE",
    "ZH", "ZU",
];

/// The tag an upper case code stands for; `None` for what is no language.
pub(super) fn tag_of(code: &str) -> Option<String> {
    if let Some(tag) = special(code) {
        return Some(tag.to_owned());
    }
    if is_plain(code) {
        return Some(code.to_ascii_lowercase());
    }
    let (language, region) = regional(code)?;
    let chinese = CHINESE_SCRIPTS.iter().find(|(prefix, _)| *prefix == language);
    match chinese.filter(|_| CHINESE_REGIONS.contains(&region)) {
        Some((_, tag)) => Some(format!("{tag}-{region}")),
        None => Some(format!("{}-{region}", language.to_ascii_lowercase())),
    }
}

/// Whether an upper case code stands for a language without doubt.
pub(super) fn is_known(code: &str) -> bool {
    is_plain(code) || special(code).is_some()
}

/// Whether a code is made like `FRBE`: a language and a region, two letters each.
pub(super) fn is_regional(code: &str) -> bool {
    regional(code).is_some()
}

fn special(code: &str) -> Option<&'static str> {
    let index = SPECIAL_LANGUAGES.binary_search_by_key(&code, |(code, _)| code).ok()?;
    SPECIAL_LANGUAGES.get(index).map(|(_, tag)| *tag)
}

fn is_plain(code: &str) -> bool {
    PLAIN_LANGUAGES.binary_search(&code).is_ok()
}

fn regional(code: &str) -> Option<(&str, &str)> {
    if code.len() != 4 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let (language, region) = code.split_at_checked(2)?;
    let is_chinese = CHINESE_REGIONS.contains(&region) && CHINESE_SCRIPTS.iter().any(|(prefix, _)| *prefix == language);
    (is_chinese || is_plain(language)).then_some((language, region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(PLAIN_LANGUAGES.is_sorted());
        assert!(SPECIAL_LANGUAGES.is_sorted());
    }

    #[test]
    fn codes_become_tags_by_table_by_region_and_by_lower_case() {
        let tag = |code: &str| tag_of(code).unwrap();
        assert_eq!((tag("EN"), tag("QBP"), tag("FRBE")), ("en".into(), "pt-BR".into(), "fr-BE".into()));
        assert_eq!((tag("CTHK"), tag("HALT"), tag("DEU")), ("cmn-Hant-HK".into(), "ha-Latn".into(), "de".into()));
        assert_eq!((tag_of("ZTDE"), tag_of("QQQ"), tag_of("A")), (None, None, None));
    }
}
