//! Sixteen lanes of SHA-1 with AVX-512: one register holds one word of sixteen messages.

use super::{Blocks, LANES, ROUND_CONSTANTS, State};
use std::arch::x86_64::*;

/// Truth tables of the three functions and of "either of three" for the instruction that takes any.
const CHOOSE: i32 = 0xca;
const PARITY: i32 = 0x96;
const MAJORITY: i32 = 0xe8;

/// Works through as many blocks as the shortest lane has.
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn compress(state: &mut State, blocks: &[Blocks<'_>; LANES]) {
    let count = blocks.iter().map(|lane| lane.len()).min().unwrap_or(0);
    let mut now = state.map(|word| load(&word));
    for place in 0..count {
        // A loop: what is given to `map` is compiled without these instructions and called sixteen times.
        let mut rows = [_mm512_setzero_si512(); LANES];
        for (row, lane) in rows.iter_mut().zip(blocks) {
            *row = load_big_endian(&lane[place]);
        }
        now = block(now, &mut transpose(rows));
    }
    *state = now.map(|word| store(word));
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn block(state: [__m512i; 5], words: &mut [__m512i; 16]) -> [__m512i; 5] {
    let constants = ROUND_CONSTANTS.map(|constant| _mm512_set1_epi32(constant.cast_signed()));
    let [mut a, mut b, mut c, mut d, mut e] = state;
    macro_rules! round {
        ($function:ident, $constant:expr, $round:expr, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident) => {
            let round: usize = $round;
            let word = if round < 16 { words[round] } else { extend(words, round) };
            let mixed = _mm512_ternarylogic_epi32::<$function>($b, $c, $d);
            let sum = _mm512_add_epi32(_mm512_add_epi32($e, mixed), _mm512_add_epi32(word, constants[$constant]));
            $e = _mm512_add_epi32(sum, _mm512_rol_epi32::<5>($a));
            $b = _mm512_rol_epi32::<30>($b);
        };
    }
    macro_rules! choose {
        ($round:expr, $($variable:ident),*) => { round!(CHOOSE, 0, $round, $($variable),*) };
    }
    macro_rules! parity {
        ($round:expr, $($variable:ident),*) => { round!(PARITY, 1, $round, $($variable),*) };
    }
    macro_rules! majority {
        ($round:expr, $($variable:ident),*) => { round!(MAJORITY, 2, $round, $($variable),*) };
    }
    macro_rules! parity_again {
        ($round:expr, $($variable:ident),*) => { round!(PARITY, 3, $round, $($variable),*) };
    }
    twenty_rounds!(0, [a b c d e], choose);
    twenty_rounds!(20, [a b c d e], parity);
    twenty_rounds!(40, [a b c d e], majority);
    twenty_rounds!(60, [a b c d e], parity_again);
    let [first_a, first_b, first_c, first_d, first_e] = state;
    [
        _mm512_add_epi32(a, first_a),
        _mm512_add_epi32(b, first_b),
        _mm512_add_epi32(c, first_c),
        _mm512_add_epi32(d, first_d),
        _mm512_add_epi32(e, first_e),
    ]
}

/// The message word of a round from 16 on; kept in place of the one sixteen rounds before.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn extend(words: &mut [__m512i; 16], round: usize) -> __m512i {
    let at = |back: usize| words[(round - back) % 16];
    let mixed = _mm512_ternarylogic_epi32::<PARITY>(at(3), at(8), at(14));
    let word = _mm512_rol_epi32::<1>(_mm512_xor_si512(mixed, at(16)));
    words[round % 16] = word;
    word
}

/// From sixteen blocks to sixteen words: word `n` of lane `l` goes from row `l` to lane `l` of word `n`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn transpose(rows: [__m512i; 16]) -> [__m512i; 16] {
    let mut quads = [_mm512_setzero_si512(); 16];
    for quad in 0..4 {
        let [a, b, c, d] = [rows[4 * quad], rows[4 * quad + 1], rows[4 * quad + 2], rows[4 * quad + 3]];
        let (low_ab, high_ab) = (_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
        let (low_cd, high_cd) = (_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
        quads[4 * quad] = _mm512_unpacklo_epi64(low_ab, low_cd);
        quads[4 * quad + 1] = _mm512_unpackhi_epi64(low_ab, low_cd);
        quads[4 * quad + 2] = _mm512_unpacklo_epi64(high_ab, high_cd);
        quads[4 * quad + 3] = _mm512_unpackhi_epi64(high_ab, high_cd);
    }
    let mut words = [_mm512_setzero_si512(); 16];
    for column in 0..4 {
        let [a, b, c, d] = [quads[column], quads[4 + column], quads[8 + column], quads[12 + column]];
        let (even_ab, odd_ab) = (_mm512_shuffle_i32x4::<0x88>(a, b), _mm512_shuffle_i32x4::<0xdd>(a, b));
        let (even_cd, odd_cd) = (_mm512_shuffle_i32x4::<0x88>(c, d), _mm512_shuffle_i32x4::<0xdd>(c, d));
        words[column] = _mm512_shuffle_i32x4::<0x88>(even_ab, even_cd);
        words[4 + column] = _mm512_shuffle_i32x4::<0x88>(odd_ab, odd_cd);
        words[8 + column] = _mm512_shuffle_i32x4::<0xdd>(even_ab, even_cd);
        words[12 + column] = _mm512_shuffle_i32x4::<0xdd>(odd_ab, odd_cd);
    }
    words
}

/// One block, its words turned from big-endian.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
#[allow(unsafe_code)]
fn load_big_endian(block: &[u8; 64]) -> __m512i {
    let turn = _mm512_broadcast_i32x4(_mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));
    // SAFETY: the 64 bytes that are read are those of `block`; the instruction needs no alignment.
    let bytes = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
    _mm512_shuffle_epi8(bytes, turn)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
#[allow(unsafe_code)]
fn load(word: &[u32; LANES]) -> __m512i {
    // SAFETY: sixteen words of 32 bits are the 64 bytes that are read; the instruction needs no alignment.
    unsafe { _mm512_loadu_si512(word.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
#[allow(unsafe_code)]
fn store(word: __m512i) -> [u32; LANES] {
    let mut lanes = [0; LANES];
    // SAFETY: sixteen words of 32 bits are the 64 bytes that are written; the instruction needs no alignment.
    unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), word) };
    lanes
}
