//! A search that forgives: when nothing holds the words as they were typed, packages whose name or title comes close.

use super::filter::Filter;
use lamphouse_plugin::Error;
use lamphouse_plugin::sql;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Packages looked through in one query.
const PAGE: i64 = 10_000;
/// Most packages that are shown as similar.
const MOST: usize = 100;
/// Letters of a word, and of all words, beyond which nothing is a slip of the hand.
const LONGEST_WORD: usize = 40;
const LONGEST_SEARCH: usize = 120;

/// Numbers of the packages that come close to the words, the closest first, among those that pass the other filters;
/// with how far each is off: 0 for not at all, 1 for entirely.
pub fn search(filter: &Filter, words: &str) -> Result<Vec<(i64, f64)>, Error> {
    let Some(words) = searched(words) else { return Ok(Vec::new()) };
    let mut found: Vec<(i64, f64)> = Vec::new();
    let mut after = -1;
    loop {
        let condition = filter.condition_after(after);
        let text = format!("select number, name, title from package {condition} order by number limit {PAGE}");
        let rows = sql::query(text, filter.parameters.clone())?;
        let Some(last) = rows.last() else { break };
        after = last.integer(0);
        let complete = rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        found.extend(rows.iter().filter_map(|row| {
            let text = folded(&format!("{} {}", row.text(1), row.text(2)));
            distance(&words, &text).map(|distance| (row.integer(0), distance))
        }));
        if complete {
            break;
        }
    }
    found.sort_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    found.truncate(MOST);
    Ok(found)
}

/// The words to look for; none when there are none, or when they are so long that looking would cost more than a slip of
/// the hand is worth.
fn searched(words: &str) -> Option<Vec<Vec<char>>> {
    let words: Vec<Vec<char>> = words.split_whitespace().take(10).map(folded).filter(|word| !word.is_empty()).collect();
    let letters: usize = words.iter().map(Vec::len).sum();
    let fits = letters <= LONGEST_SEARCH && words.iter().all(|word| word.len() <= LONGEST_WORD);
    (fits && !words.is_empty()).then_some(words)
}

/// Lower case, without accents.
fn folded(text: &str) -> Vec<char> {
    text.to_lowercase().nfd().filter(|c| !is_combining_mark(*c)).collect()
}

/// How far all words together are off; nothing when one of them is nowhere near.
fn distance(words: &[Vec<char>], text: &[char]) -> Option<f64> {
    let (mut edits, mut length) = (0, 0);
    for word in words {
        edits += nearest(word, text).filter(|edits| *edits <= forgiven(word.len()))?;
        length += word.len();
    }
    Some(edits as f64 / length.max(1) as f64)
}

/// Edits that still count as a slip, for a word of so many letters.
fn forgiven(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=6 => 1,
        7..=10 => 2,
        _ => 3,
    }
}

/// The fewest letters to be added, left out, replaced or swapped with their neighbour that turn the word into some part
/// of the text (Sellers, 1980, with transpositions).
fn nearest(word: &[char], text: &[char]) -> Option<usize> {
    let first: Vec<usize> = (0..=word.len()).collect();
    let (mut before, mut last) = (first.clone(), first);
    let mut best = last.last().copied();
    for (at, letter) in text.iter().enumerate() {
        let mut column = Vec::with_capacity(word.len() + 1);
        column.push(0);
        for (row, wanted) in word.iter().enumerate() {
            let replaced = last.get(row)? + usize::from(wanted != letter);
            let mut fewest = replaced.min(last.get(row + 1)? + 1).min(column.get(row)? + 1);
            let swapped = row > 0 && at > 0 && word.get(row - 1) == Some(letter) && text.get(at - 1) == Some(wanted);
            if swapped {
                fewest = fewest.min(before.get(row - 1)? + 1);
            }
            column.push(fewest);
        }
        best = best.min(column.last().copied());
        before = std::mem::replace(&mut last, column);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn off(words: &str, text: &str) -> Option<f64> {
        let words: Vec<Vec<char>> = words.split_whitespace().map(folded).collect();
        distance(&words, &folded(text))
    }

    #[test]
    fn what_is_too_long_for_a_slip_is_not_looked_for() {
        let words = |text: &str| searched(text).map(|words| words.len());
        assert_eq!((words("two words"), words("")), (Some(2), None));
        assert_eq!((words(&"a".repeat(40)), words(&"a".repeat(41))), (Some(1), None));
        assert_eq!(words(&["a".repeat(40), "b".repeat(40), "c".repeat(40), "d".to_owned()].join(" ")), None);
    }

    fn edits(word: &str, text: &str) -> usize {
        nearest(&folded(word), &folded(text)).unwrap()
    }

    #[test]
    fn slips_are_counted_once_each() {
        let title = "GoldenTide_FTR-1_F_EN-XX_INT_51_2K";
        for (word, count) in [
            ("golden", 0),
            ("goldentide", 0),
            ("goldn", 1),
            ("goldden", 1),
            ("glodentide", 1),
            ("goldemtidr", 2),
            ("zzzz", 4),
        ] {
            assert_eq!(edits(word, title), count, "{word}");
        }
        assert_eq!(edits("harbour", ""), 7);
    }

    #[test]
    fn what_comes_close_is_found_and_what_does_not_is_not() {
        let title = "Über den Fluss";
        assert_eq!(off("uber", title), Some(0.0), "accents are forgiven");
        assert!(off("flusz uber", title).unwrap() > 0.0);
        assert_eq!(off("fluxz", "Fluss"), None, "two slips in five letters are another word");
        assert_eq!(off("abc", "abd"), None, "a short word is taken as it is");
        assert!(off("goldentied", "GoldenTide_FTR").unwrap() < off("goldemtied", "GoldenTide_FTR").unwrap());
        assert_eq!(off("fluss nowhere", title), None, "every word counts");
    }
}
