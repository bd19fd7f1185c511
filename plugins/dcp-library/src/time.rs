//! Times as the API writes and takes them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat};

/// RFC 3339 in UTC with milliseconds.
pub fn to_rfc3339(unix_ms: i64) -> String {
    DateTime::from_timestamp_millis(unix_ms)
        .unwrap_or(DateTime::UNIX_EPOCH)
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Unix milliseconds of a date, or of a date with time; without zone it is UTC.
pub fn from_rfc3339(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.timestamp_millis());
    }
    if let Ok(local) = text.parse::<NaiveDateTime>() {
        return Some(local.and_utc().timestamp_millis());
    }
    let midnight = text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?;
    Some(midnight.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants() {
        assert_eq!(to_rfc3339(1_795_251_346_123), "2026-11-21T08:55:46.123Z");
        assert_eq!(from_rfc3339("2026-11-21"), Some(1_795_219_200_000));
        assert_eq!(from_rfc3339("2026-11-21T08:55:46.123"), Some(1_795_251_346_123));
        assert_eq!(from_rfc3339("2026-11-21T10:55:46.123+02:00"), Some(1_795_251_346_123));
        for wrong in ["", "yesterday", "2026-13-01", "2026-11-21T25:00"] {
            assert_eq!(from_rfc3339(wrong), None, "{wrong}");
        }
    }
}
