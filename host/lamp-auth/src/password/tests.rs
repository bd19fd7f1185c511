//! Facts about passwords.

use super::*;

/// Cheap enough for tests; the rules do not depend on it.
const CHEAP: PasswordCost = PasswordCost { memory_kib: 256, passes: 1, lanes: 1 };

#[test]
fn the_default_cost_is_64_mib_3_passes_4_lanes() {
    let text = hash("correct horse battery", PasswordCost::default()).unwrap();
    assert!(text.starts_with("$argon2id$v=19$m=65536,t=3,p=4$"), "{text}");
}

#[test]
fn refuses_what_is_tried_first() {
    for password in [
        "short",
        "elevenchars",
        "password1234",
        "P@ssw0rd!2024",
        "passwordpassword",
        "Admin123456789",
        "aaaaaaaaaaaaaaa",
        "123456789012",
        "abcabcabcabc",
        "qwertyuiopas",
        "987654321098",
        "abcdefghijklm",
        "1qaz2wsx3edc",
        "letmein12345",
        "jane.miller1",
        "jane-miller-2024",
        "welcome2football",
        &"x1y2".repeat(300),
    ] {
        assert!(check(password, "jane.miller").is_err(), "{password}");
    }
}

#[test]
fn accepts_long_ones_of_any_characters() {
    for password in [
        "correct horse battery",
        "staple lamp river",
        "ünïcödé wörds hërë",
        "tR7#kq0-Lm2z",
        "    spaced out    words",
        "the password is a river",
        "2718281828459045235",
    ] {
        assert!(check(password, "jane.miller").is_ok(), "{password}");
    }
}

#[tokio::test]
async fn verifies_and_asks_for_a_rehash_when_the_cost_differs() {
    let old = Passwords::new(CHEAP);
    let stored = old.hash("correct horse battery").await.unwrap();
    assert_eq!(old.verify("correct horse battery", Some(&stored)).await.unwrap(), Verdict::Right);
    assert_eq!(old.verify("correct horse batterz", Some(&stored)).await.unwrap(), Verdict::Wrong);
    let new = Passwords::new(PasswordCost { memory_kib: 512, ..CHEAP });
    assert_eq!(new.verify("correct horse battery", Some(&stored)).await.unwrap(), Verdict::RightButRehash);
    assert_eq!(new.verify("correct horse battery", None).await.unwrap(), Verdict::Wrong);
}

#[tokio::test]
async fn two_hashes_of_one_password_differ() {
    let passwords = Passwords::new(CHEAP);
    let (one, two) = (passwords.hash("correct horse battery").await, passwords.hash("correct horse battery").await);
    assert_ne!(one.unwrap(), two.unwrap());
}
