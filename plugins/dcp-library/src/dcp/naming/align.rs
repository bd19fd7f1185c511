//! Alignment of title fields with the convention's slots, by shape, keeping their order.

use super::languages;
use super::tables::{AUDIO_WORDS, CAPTIONS, SOUND_BEDS, SPECIAL_TERRITORIES};

/// The slots after title and type, in the order of the convention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Aspect,
    Language,
    Territory,
    Audio,
    Resolution,
    Studio,
    Date,
    Facility,
    Standard,
    Package,
}

const SLOTS: [Slot; 10] = [
    Slot::Aspect,
    Slot::Language,
    Slot::Territory,
    Slot::Audio,
    Slot::Resolution,
    Slot::Studio,
    Slot::Date,
    Slot::Facility,
    Slot::Standard,
    Slot::Package,
];

/// Most fields looked at; a title with more is cut.
const MAX_FIELDS: usize = 40;

/// One row of ten certainties a field, and the sums over slots with one more for the end.
type Row = [u32; SLOTS.len() + 1];

/// The pairs of slot and field whose certainties sum highest, in order.
pub(super) fn align<'t>(fields: &[&'t str]) -> Vec<(Slot, &'t str)> {
    let fields = fields.get(..fields.len().min(MAX_FIELDS)).unwrap_or_default();
    let sure: Vec<Row> = fields.iter().map(|field| certainties(field)).collect();
    let best = best_sums(&sure);
    let (mut f, mut s, mut pairs) = (0, 0, Vec::with_capacity(SLOTS.len()));
    while let (Some(field), Some(slot)) = (fields.get(f), SLOTS.get(s)) {
        let (here, own) = (cell(&best, f, s), cell(&sure, f, s));
        if own > 0 && own + cell(&best, f + 1, s + 1) == here {
            pairs.push((*slot, *field));
            (f, s) = (f + 1, s + 1);
        } else if cell(&best, f, s + 1) == here {
            s += 1;
        } else {
            f += 1;
        }
    }
    pairs
}

/// Cell `[f][s]`: the highest sum for the fields from `f` on and the slots from `s` on.
fn best_sums(sure: &[Row]) -> Vec<Row> {
    let mut best = vec![Row::default(); sure.len() + 1];
    for f in (0..sure.len()).rev() {
        for s in (0..SLOTS.len()).rev() {
            let skipped = cell(&best, f + 1, s).max(cell(&best, f, s + 1));
            let own = cell(sure, f, s);
            let taken = if own > 0 { own + cell(&best, f + 1, s + 1) } else { 0 };
            if let Some(sum) = best.get_mut(f).and_then(|row| row.get_mut(s)) {
                *sum = skipped.max(taken);
            }
        }
    }
    best
}

fn cell(rows: &[Row], f: usize, s: usize) -> u32 {
    rows.get(f).and_then(|row| row.get(s)).copied().unwrap_or(0)
}

fn certainties(field: &str) -> Row {
    let upper = field.to_ascii_uppercase();
    let mut row = Row::default();
    for (value, slot) in row.iter_mut().zip(SLOTS) {
        *value = certainty(slot, &upper);
    }
    row
}

/// How sure a field of this shape, in upper case, belongs to the slot; 0 is not at all.
fn certainty(slot: Slot, upper: &str) -> u32 {
    let mut parts = upper.split('-');
    let first = parts.next().unwrap_or("");
    match slot {
        Slot::Date if is_date(upper) => 40,
        Slot::Standard if matches!(first, "SMPTE" | "IOP" | "INTEROP") => 40,
        Slot::Package if matches!(first, "OV" | "VF") => 36,
        Slot::Resolution if matches!(first, "2K" | "4K" | "8K") => 32,
        Slot::Audio if upper.split('-').any(is_audio_word) => 28,
        Slot::Aspect if matches!(first, "F" | "S" | "C") && parts.all(is_number) => 20,
        Slot::Language => language_certainty(upper),
        Slot::Territory if is_territory(first) => 8,
        Slot::Studio | Slot::Facility if is_short_code(upper) => 4,
        _ => 0,
    }
}

/// A first part that is a known language and further known parts are near certain; one alone may
/// as well be a territory, and one made of language and region any other word of four letters.
fn language_certainty(upper: &str) -> u32 {
    let mut parts = upper.split('-');
    let first = parts.next().unwrap_or("");
    if !languages::is_known(first) {
        return if languages::is_regional(first) { 6 } else { 0 };
    }
    let (mut count, mut known) = (0_u32, 0_u32);
    for part in parts {
        count += 1;
        known += u32::from(is_language(part) || CAPTIONS.contains(&part));
    }
    match (count, known) {
        (0, _) => 12,
        (count, known) if count == known => 20,
        (_, 0) => 0,
        _ => 14,
    }
}

pub(super) fn is_language(part: &str) -> bool {
    languages::is_known(part) || languages::is_regional(part)
}

pub(super) fn is_audio_word(part: &str) -> bool {
    SOUND_BEDS.iter().any(|(bed, _)| *bed == part)
        || (AUDIO_WORDS.contains(&part) && !matches!(part, "HI" | "VI" | "SL" | "CCAP"))
}

fn is_territory(part: &str) -> bool {
    (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_uppercase()))
        || SPECIAL_TERRITORIES.iter().any(|(code, _)| *code == part)
}

fn is_short_code(part: &str) -> bool {
    (2..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_date(field: &str) -> bool {
    let number = |range: std::ops::Range<usize>| field.get(range).and_then(|digits| digits.parse::<u32>().ok());
    field.len() == 8
        && is_number(field)
        && number(0..4).is_some_and(|year| (1990..2100).contains(&year))
        && number(4..6).is_some_and(|month| (1..=12).contains(&month))
        && number(6..8).is_some_and(|day| (1..=31).contains(&day))
}
