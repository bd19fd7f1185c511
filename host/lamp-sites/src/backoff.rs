//! How long a site waits before it dials again.

/// Shortest and longest wait, in milliseconds. Half of each is left to chance.
const SHORTEST_MS: i64 = 4_000;
const LONGEST_MS: i64 = 60_000;

/// The wait for a hub that has been away for `away_ms`: a tenth of that time within bounds, so that an outage of 100 s
/// costs 10 s more at the most, and a hub that was away for a day meets its sites spread over half a minute.
/// `random` is from 0 to 1 and spreads sites that lost the hub together.
pub(crate) fn delay_ms(away_ms: i64, random: f64) -> u64 {
    let longest = away_ms.saturating_div(10).clamp(SHORTEST_MS, LONGEST_MS);
    let half = longest / 2;
    let part = (half as f64 * random.clamp(0.0, 1.0)) as i64;
    u64::try_from(half.saturating_add(part)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_with_the_outage_and_is_bounded() {
        for (away_ms, shortest, longest) in [
            (-5, 2_000, 4_000),
            (0, 2_000, 4_000),
            (100_000, 5_000, 10_000),
            (24 * 3_600_000, 30_000, 60_000),
            (i64::MAX, 30_000, 60_000),
        ] {
            assert_eq!((delay_ms(away_ms, 0.0), delay_ms(away_ms, 1.0)), (shortest, longest), "{away_ms}");
        }
    }

    #[test]
    fn a_thousand_sites_come_back_spread_over_the_time() {
        use rand::{Rng, SeedableRng};
        let mut random = rand::rngs::StdRng::seed_from_u64(7);
        let mut seconds = [0_u32; 61];
        for _ in 0..1_000 {
            seconds[usize::try_from(delay_ms(86_400_000, random.random()) / 1_000).unwrap()] += 1;
        }
        assert!(seconds.iter().all(|count| *count < 70), "no storm in any second: {seconds:?}");
    }
}
