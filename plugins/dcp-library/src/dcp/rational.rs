//! Rates as two whole numbers: `24 1`, `24000 1001`, `24/1`, `24`.

use serde::{Deserialize, Serialize};

/// A positive rate. JSON form: `[numerator, denominator]`. Both parts are at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "[u32; 2]", try_from = "[u32; 2]")]
pub struct Rational {
    numerator: u32,
    denominator: u32,
}

impl Rational {
    /// A rate of `numerator / denominator`; `None` when either is zero.
    #[must_use]
    pub fn new(numerator: u32, denominator: u32) -> Option<Self> {
        (numerator > 0 && denominator > 0).then_some(Self { numerator, denominator })
    }

    /// Reads a rate written as two integers, with a slash, or as one integer.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (numerator, denominator) = parse_pair(text)?;
        Self::new(numerator, denominator.unwrap_or(1))
    }

    /// The upper number.
    #[must_use]
    pub fn numerator(self) -> u32 {
        self.numerator
    }

    /// The lower number.
    #[must_use]
    pub fn denominator(self) -> u32 {
        self.denominator
    }

    /// Whether both stand for the same value (`48 2` is `24 1`).
    #[must_use]
    pub fn same_value(self, other: Self) -> bool {
        u64::from(self.numerator) * u64::from(other.denominator)
            == u64::from(other.numerator) * u64::from(self.denominator)
    }
}

impl From<Rational> for [u32; 2] {
    fn from(rate: Rational) -> Self {
        [rate.numerator, rate.denominator]
    }
}

impl TryFrom<[u32; 2]> for Rational {
    type Error = &'static str;

    fn try_from([numerator, denominator]: [u32; 2]) -> Result<Self, Self::Error> {
        Self::new(numerator, denominator).ok_or("a rate needs two positive numbers")
    }
}

/// Two integers separated by white space or a slash, or a single one. `None` for anything else.
#[must_use]
pub fn parse_pair(text: &str) -> Option<(u32, Option<u32>)> {
    let mut parts = text.split(|c: char| c.is_whitespace() || c == '/').filter(|p| !p.is_empty());
    let first = parts.next()?.parse().ok()?;
    let second = parts.next().map(str::parse).transpose().ok()?;
    parts.next().is_none().then_some((first, second))
}

/// Exact sum of durations, in seconds; falls back to floating point when the exact fraction no
/// longer fits.
#[derive(Debug, Clone, Copy)]
pub struct Seconds {
    numerator: u128,
    denominator: u128,
    inexact: f64,
}

impl Seconds {
    /// No time at all.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1, inexact: 0.0 };

    /// Adds `frames` at `rate` frames per second.
    #[must_use]
    pub fn plus(self, frames: u64, rate: Rational) -> Self {
        let (n, d) = (u128::from(rate.numerator), u128::from(rate.denominator));
        let exact = || {
            let left = self.numerator.checked_mul(n)?;
            let right = u128::from(frames).checked_mul(d)?.checked_mul(self.denominator)?;
            let (numerator, denominator) = (left.checked_add(right)?, self.denominator.checked_mul(n)?);
            let divisor = greatest_common_divisor(numerator, denominator);
            Some(Self { numerator: numerator / divisor, denominator: denominator / divisor, inexact: self.inexact })
        };
        exact().unwrap_or(Self { inexact: self.inexact + seconds_of(frames, rate), ..self })
    }

    /// The sum as a floating point number of seconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "shown to people, never compared")]
    pub fn as_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64 + self.inexact
    }
}

#[expect(clippy::cast_precision_loss, reason = "only used when the exact fraction overflows")]
fn seconds_of(frames: u64, rate: Rational) -> f64 {
    frames as f64 * f64::from(rate.denominator) / f64::from(rate.numerator)
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_spellings_in_use() {
        let film = Rational::new(24, 1);
        for text in ["24 1", " 24\n1 ", "24/1", "24"] {
            assert_eq!(Rational::parse(text), film, "{text}");
        }
        assert_eq!(Rational::parse("24000 1001"), Rational::new(24000, 1001));
        for text in ["", "0 1", "24 0", "-24 1", "24 1 1", "film", "99999999999 1"] {
            assert_eq!(Rational::parse(text), None, "{text}");
        }
    }

    #[test]
    fn json_is_a_pair_and_zero_is_refused() {
        let rate = Rational::new(24000, 1001).unwrap();
        assert_eq!(serde_json::to_string(&rate).unwrap(), "[24000,1001]");
        assert!(serde_json::from_str::<Rational>("[24,0]").is_err());
    }

    #[test]
    fn sums_of_mixed_rates_are_exact() {
        let total = Seconds::ZERO.plus(48, Rational::new(24, 1).unwrap()).plus(30, Rational::new(60, 1).unwrap());
        assert!((total.as_f64() - 2.5).abs() < 1e-12);
        let huge = (0..9)
            .fold(Seconds::ZERO, |sum, step| sum.plus(u64::MAX, Rational::new(u32::MAX - step * 2, u32::MAX).unwrap()));
        assert!(huge.as_f64().is_finite() && huge.as_f64() > 1e19);
    }
}
