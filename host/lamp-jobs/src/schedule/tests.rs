//! When schedules fire.

use super::*;
use proptest::prelude::*;

/// 2026-01-01T00:00:00Z, a Thursday.
const NEW_YEAR: i64 = 1_767_225_600_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

fn cron(text: &str) -> Rhythm {
    Rhythm::parse(Some(text), None).unwrap()
}

#[test]
fn cron_fires_at_its_times_in_utc() {
    for (text, after, expected) in [
        ("*/15 * * * *", NEW_YEAR, NEW_YEAR + 15 * MINUTE),
        ("*/15 * * * *", NEW_YEAR - 1, NEW_YEAR),
        ("30 3 * * *", NEW_YEAR, NEW_YEAR + 3 * HOUR + 30 * MINUTE),
        ("0 0 * * 1", NEW_YEAR, NEW_YEAR + 4 * 24 * HOUR),
        ("0 12 29 2 *", NEW_YEAR, 1_835_438_400_000),
    ] {
        assert_eq!(cron(text).next_after(UnixMs(0), UnixMs(after)), Some(UnixMs(expected)), "{text}");
    }
}

#[test]
fn refuses_what_is_no_rhythm_and_says_what_to_write() {
    for text in ["", "* * * *", "* * * * * *", "61 * * * *", "never", "* * * * * 2027"] {
        let error = Rhythm::parse(Some(text), None).unwrap_err();
        assert!(error.contains("five fields"), "{text}: {error}");
    }
    assert!(Rhythm::parse(None, Some(0)).is_err());
    assert!(Rhythm::parse(Some("* * * * *"), Some(60)).is_err());
    assert!(Rhythm::parse(None, None).is_err());
}

#[test]
fn a_date_that_never_comes_never_fires() {
    assert_eq!(cron("0 0 30 2 *").first(UnixMs(NEW_YEAR)), None);
}

#[test]
fn missed_times_make_one_firing_and_then_the_regular_times_go_on() {
    let hourly = Rhythm::parse(None, Some(3_600)).unwrap();
    let (planned, now) = (UnixMs(NEW_YEAR), UnixMs(NEW_YEAR + 5 * HOUR + 7 * MINUTE));
    assert_eq!(due(&hourly, planned, now), Some(UnixMs(NEW_YEAR + 6 * HOUR)));
    assert_eq!(due(&cron("0 * * * *"), planned, now), Some(UnixMs(NEW_YEAR + 6 * HOUR)));
    assert_eq!(due(&hourly, UnixMs(now.0 + 1), now), None);
}

#[test]
fn an_interval_fires_at_once_when_new_and_cron_at_its_time() {
    assert_eq!(Rhythm::parse(None, Some(60)).unwrap().first(UnixMs(NEW_YEAR + 1)), Some(UnixMs(NEW_YEAR + 1)));
    assert_eq!(cron("0 * * * *").first(UnixMs(NEW_YEAR + 1)), Some(UnixMs(NEW_YEAR + HOUR)));
}

proptest! {
    #[test]
    fn the_next_time_is_always_ahead_and_on_the_beat(secs in 1u64..100_000, planned in 0i64..NEW_YEAR, late in 0i64..NEW_YEAR) {
        let rhythm = Rhythm::parse(None, Some(secs)).unwrap();
        let now = UnixMs(planned + late);
        let next = due(&rhythm, UnixMs(planned), now).unwrap();
        let every = i64::try_from(secs).unwrap() * 1_000;
        prop_assert!(next > now && next.0 - now.0 <= every);
        prop_assert_eq!((next.0 - planned) % every, 0);
    }
}
