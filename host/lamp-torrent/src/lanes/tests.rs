//! Every kernel of this processor against the crate `sha1`, one message at a time.

use super::{BLOCK_BYTES, Kernel, LANES, Lanes};
use proptest::prelude::*;
use sha1::{Digest as _, Sha1};

/// Bytes without a pattern, different in every lane.
fn message(lane: usize, seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed ^ (lane as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// Hashes messages of `blocks` blocks, handed over in parts that end at `cuts`.
fn compare(kernel: Kernel, seed: u64, blocks: usize, cuts: &[usize]) {
    let messages: [Vec<u8>; LANES] = std::array::from_fn(|lane| message(lane, seed, blocks * BLOCK_BYTES));
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (blocks + 1) * BLOCK_BYTES).collect();
    ends.push(blocks * BLOCK_BYTES);
    ends.sort_unstable();
    let mut lanes = Lanes::new(kernel);
    let mut start = 0;
    for end in ends {
        lanes.update(&std::array::from_fn(|lane| &messages[lane][start..end]));
        start = end;
    }
    for (lane, (digest, message)) in lanes.finish().iter().zip(&messages).enumerate() {
        assert_eq!(digest[..], Sha1::digest(message)[..], "{kernel:?}, {blocks} blocks, lane {lane}");
    }
}

#[test]
fn every_length_up_to_some_blocks() {
    for kernel in Kernel::all() {
        for blocks in 0..40 {
            compare(kernel, blocks as u64, blocks, &[]);
        }
        compare(kernel, 7, 16_384, &[1, 5_000]);
    }
}

/// Lanes that are not needed are given another lane's bytes, and must not touch the others.
#[test]
fn one_lane_does_not_touch_another() {
    for kernel in Kernel::all() {
        for odd in 0..LANES {
            let (plain, other) = (message(0, 1, 640), message(1, 2, 640));
            let mut lanes = Lanes::new(kernel);
            lanes.update(&std::array::from_fn(|lane| if lane == odd { &other[..] } else { &plain[..] }));
            for (lane, digest) in lanes.finish().iter().enumerate() {
                let wanted = if lane == odd { Sha1::digest(&other) } else { Sha1::digest(&plain) };
                assert_eq!(digest[..], wanted[..], "{kernel:?}, lane {lane}");
            }
        }
    }
}

/// A test run on a processor without any kernel must not look as if the kernels had been tested.
#[test]
fn kernels_of_this_processor_are_named() {
    let all = Kernel::all();
    if all.is_empty() {
        eprintln!("SKIPPED: this processor has no wide lanes; the kernels are not tested");
    }
    assert_eq!(Kernel::best(), all.first().copied());
}

proptest! {
    #[test]
    fn any_length_in_any_parts(seed: u64, blocks in 0_usize..300, cuts in proptest::collection::vec(any::<usize>(), 0..5)) {
        for kernel in Kernel::all() {
            compare(kernel, seed, blocks, &cuts);
        }
    }
}
