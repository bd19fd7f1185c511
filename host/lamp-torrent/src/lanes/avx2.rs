//! Eight lanes of SHA-1 with AVX2, first for the lower eight messages and then for the upper ones.

use super::{Blocks, LANES, ROUND_CONSTANTS, State};
use std::arch::x86_64::*;

/// Lanes of one register.
const HALF: usize = 8;

/// Works through as many blocks as the shortest lane has.
#[target_feature(enable = "avx2")]
pub(super) fn compress(state: &mut State, blocks: &[Blocks<'_>; LANES]) {
    let count = blocks.iter().map(|lane| lane.len()).min().unwrap_or(0);
    for first in [0, HALF] {
        let lanes: [Blocks<'_>; HALF] = std::array::from_fn(|lane| blocks[first + lane]);
        let mut now = state.map(|word| load(&std::array::from_fn(|lane| word[first + lane])));
        for place in 0..count {
            let mut words = [_mm256_setzero_si256(); 16];
            for half in 0..2 {
                // A loop: what is given to `map` is compiled without these instructions and called eight times.
                let mut rows = [_mm256_setzero_si256(); HALF];
                for (row, lane) in rows.iter_mut().zip(lanes) {
                    *row = load_big_endian(&lane[place].as_chunks().0[half]);
                }
                words[HALF * half..HALF * (half + 1)].copy_from_slice(&transpose(rows));
            }
            now = block(now, &mut words);
        }
        for (word, now) in state.iter_mut().zip(now) {
            word[first..first + HALF].copy_from_slice(&store(now));
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn block(state: [__m256i; 5], words: &mut [__m256i; 16]) -> [__m256i; 5] {
    let constants = ROUND_CONSTANTS.map(|constant| _mm256_set1_epi32(constant.cast_signed()));
    let [mut a, mut b, mut c, mut d, mut e] = state;
    macro_rules! round {
        ($mixed:expr, $constant:expr, $round:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {
            let round: usize = $round;
            let word = if round < 16 { words[round] } else { extend(words, round) };
            let sum = _mm256_add_epi32(_mm256_add_epi32($e, $mixed), _mm256_add_epi32(word, constants[$constant]));
            $e = _mm256_add_epi32(sum, rotate::<5, 27>($a));
            $b = rotate::<30, 2>($b);
        };
    }
    macro_rules! choose {
        ($round:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {
            round!(_mm256_xor_si256($d, _mm256_and_si256($b, _mm256_xor_si256($c, $d))), 0, $round, $a, $b, $c, $d, $e)
        };
    }
    macro_rules! parity {
        ($round:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {
            round!(_mm256_xor_si256($b, _mm256_xor_si256($c, $d)), 1, $round, $a, $b, $c, $d, $e)
        };
    }
    macro_rules! majority {
        ($round:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {
            let both = _mm256_and_si256($b, $c);
            let either = _mm256_and_si256($d, _mm256_or_si256($b, $c));
            round!(_mm256_or_si256(both, either), 2, $round, $a, $b, $c, $d, $e)
        };
    }
    macro_rules! parity_again {
        ($round:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {
            round!(_mm256_xor_si256($b, _mm256_xor_si256($c, $d)), 3, $round, $a, $b, $c, $d, $e)
        };
    }
    twenty_rounds!(0, [a b c d e], choose);
    twenty_rounds!(20, [a b c d e], parity);
    twenty_rounds!(40, [a b c d e], majority);
    twenty_rounds!(60, [a b c d e], parity_again);
    let [first_a, first_b, first_c, first_d, first_e] = state;
    [
        _mm256_add_epi32(a, first_a),
        _mm256_add_epi32(b, first_b),
        _mm256_add_epi32(c, first_c),
        _mm256_add_epi32(d, first_d),
        _mm256_add_epi32(e, first_e),
    ]
}

/// The message word of a round from 16 on; kept in place of the one sixteen rounds before.
#[inline]
#[target_feature(enable = "avx2")]
fn extend(words: &mut [__m256i; 16], round: usize) -> __m256i {
    let at = |back: usize| words[(round - back) % 16];
    let mixed = _mm256_xor_si256(_mm256_xor_si256(at(3), at(8)), _mm256_xor_si256(at(14), at(16)));
    let word = rotate::<1, 31>(mixed);
    words[round % 16] = word;
    word
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotate<const LEFT: i32, const RIGHT: i32>(word: __m256i) -> __m256i {
    _mm256_or_si256(_mm256_slli_epi32::<LEFT>(word), _mm256_srli_epi32::<RIGHT>(word))
}

/// From eight half blocks to eight words: word `n` of lane `l` goes from row `l` to lane `l` of word `n`.
#[inline]
#[target_feature(enable = "avx2")]
fn transpose(rows: [__m256i; HALF]) -> [__m256i; HALF] {
    let mut quads = [_mm256_setzero_si256(); HALF];
    for quad in 0..2 {
        let [a, b, c, d] = [rows[4 * quad], rows[4 * quad + 1], rows[4 * quad + 2], rows[4 * quad + 3]];
        let (low_ab, high_ab) = (_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
        let (low_cd, high_cd) = (_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
        quads[4 * quad] = _mm256_unpacklo_epi64(low_ab, low_cd);
        quads[4 * quad + 1] = _mm256_unpackhi_epi64(low_ab, low_cd);
        quads[4 * quad + 2] = _mm256_unpacklo_epi64(high_ab, high_cd);
        quads[4 * quad + 3] = _mm256_unpackhi_epi64(high_ab, high_cd);
    }
    let mut words = [_mm256_setzero_si256(); HALF];
    for column in 0..4 {
        words[column] = _mm256_permute2x128_si256::<0x20>(quads[column], quads[4 + column]);
        words[4 + column] = _mm256_permute2x128_si256::<0x31>(quads[column], quads[4 + column]);
    }
    words
}

/// Half a block, its words turned from big-endian.
#[inline]
#[target_feature(enable = "avx2")]
#[allow(unsafe_code)]
fn load_big_endian(half: &[u8; 32]) -> __m256i {
    let turn = _mm256_broadcastsi128_si256(_mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));
    // SAFETY: the 32 bytes that are read are those of `half`; the instruction needs no alignment.
    let bytes = unsafe { _mm256_loadu_si256(half.as_ptr().cast()) };
    _mm256_shuffle_epi8(bytes, turn)
}

#[inline]
#[target_feature(enable = "avx2")]
#[allow(unsafe_code)]
fn load(word: &[u32; HALF]) -> __m256i {
    // SAFETY: eight words of 32 bits are the 32 bytes that are read; the instruction needs no alignment.
    unsafe { _mm256_loadu_si256(word.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
#[allow(unsafe_code)]
fn store(word: __m256i) -> [u32; HALF] {
    let mut lanes = [0; HALF];
    // SAFETY: eight words of 32 bits are the 32 bytes that are written; the instruction needs no alignment.
    unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), word) };
    lanes
}
