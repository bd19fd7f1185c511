//! Passwords that are long enough and still among the first guesses: a common word padded with digits or repeated,
//! rows of the keyboard, counting, one character over and over, the user's own name.

/// Words that common passwords are made of, lower case, at most 12 letters each.
const WORDS: &[&str] = &[
    "password",
    "passwort",
    "passw",
    "motdepasse",
    "contrasena",
    "admin",
    "administrator",
    "root",
    "user",
    "guest",
    "welcome",
    "letmein",
    "changeme",
    "default",
    "secret",
    "login",
    "master",
    "qwerty",
    "qwertz",
    "azerty",
    "iloveyou",
    "monkey",
    "dragon",
    "football",
    "baseball",
    "superman",
    "batman",
    "sunshine",
    "princess",
    "shadow",
    "trustno",
    "hello",
    "test",
    "demo",
    "temp",
    "server",
    "system",
    "lamphouse",
    "projector",
    "movie",
];

/// Runs that people type along; a password inside one of them (repeated) is a guess away.
const RUNS: &[&str] = &[
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// Whether the password is one of the first that are tried.
pub(super) fn is_weak(password: &str, user_name: &str) -> bool {
    let folded = fold(password);
    let name = fold(user_name);
    let stems = WORDS.iter().copied().chain((!name.is_empty()).then_some(name.as_str()));
    few_characters(&folded) || is_period_repeated(&folded) || is_run(&folded) || made_of(&folded, stems)
}

/// Lower case, the usual look-alikes undone (`p@ssw0rd`), everything but letters and digits dropped.
fn fold(text: &str) -> String {
    let plain = |c: char| match c {
        '@' => 'a',
        '$' => 's',
        '!' => 'i',
        other => other,
    };
    text.to_lowercase().chars().map(plain).filter(|c| c.is_alphanumeric()).collect()
}

fn few_characters(text: &str) -> bool {
    let distinct: std::collections::BTreeSet<char> = text.chars().collect();
    distinct.len() <= 3
}

/// `abcdabcdabcd`: a short piece over and over.
fn is_period_repeated(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    (1..=4).any(|period| characters.iter().zip(characters.iter().skip(period)).all(|(left, right)| left == right))
}

fn is_run(text: &str) -> bool {
    RUNS.iter().any(|run| {
        let backwards: String = run.chars().rev().collect();
        [*run, backwards.as_str()].iter().any(|run| run.repeat(3).contains(text))
    })
}

/// Whether at most three characters that are not digits are left once the words are taken out.
fn made_of<'a>(text: &str, stems: impl Iterator<Item = &'a str>) -> bool {
    let unleeted = |text: &str| text.replace('0', "o").replace('1', "i").replace('3', "e").replace('5', "s");
    let mut left = [text.to_owned(), unleeted(text)];
    let mut found = [false, false];
    for stem in stems.filter(|stem| stem.len() >= 4) {
        for (left, found) in left.iter_mut().zip(found.iter_mut()) {
            if left.contains(stem) {
                *found = true;
                *left = left.replace(stem, "");
            }
        }
    }
    let rest = |left: &String| left.chars().filter(|c| !c.is_ascii_digit()).count();
    left.iter().zip(found).any(|(left, found)| found && rest(left) <= 3)
}
