//! SHA-1 (FIPS 180-4) of sixteen messages of the same length at once, one in each lane of wide registers. Pieces of a
//! torrent are such messages. One core then does several times what its instructions for a single SHA-1 do.
//!
//! What the processor can is asked at run time ([`Kernel::best`]); where there are no wide registers there is no kernel, and
//! the caller uses the crate `sha1`, which knows the instructions for a single SHA-1.

/// Twenty rounds with one function and constant: five rounds, each with the five variables moved on by one, four times.
/// `$step` is the macro of one round.
#[cfg(target_arch = "x86_64")]
macro_rules! twenty_rounds {
    ($first:expr, [$a:ident $b:ident $c:ident $d:ident $e:ident], $step:ident) => {
        twenty_rounds!(@five $first, [$a $b $c $d $e], $step);
        twenty_rounds!(@five $first + 5, [$a $b $c $d $e], $step);
        twenty_rounds!(@five $first + 10, [$a $b $c $d $e], $step);
        twenty_rounds!(@five $first + 15, [$a $b $c $d $e], $step);
    };
    (@five $first:expr, [$a:ident $b:ident $c:ident $d:ident $e:ident], $step:ident) => {
        $step!($first, $a, $b, $c, $d, $e);
        $step!($first + 1, $e, $a, $b, $c, $d);
        $step!($first + 2, $d, $e, $a, $b, $c);
        $step!($first + 3, $c, $d, $e, $a, $b);
        $step!($first + 4, $b, $c, $d, $e, $a);
    };
}

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

/// Messages hashed at once.
pub(crate) const LANES: usize = 16;
/// Bytes of one block.
pub(crate) const BLOCK_BYTES: usize = 64;

/// The five state words, each for all lanes.
type State = [[u32; LANES]; 5];
/// Blocks of one message.
type Blocks<'a> = &'a [[u8; BLOCK_BYTES]];

const START: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
#[cfg(target_arch = "x86_64")]
const ROUND_CONSTANTS: [u32; 4] = [0x5a82_7999, 0x6ed9_eba1, 0x8f1b_bcdc, 0xca62_c1d6];

/// A way to hash sixteen messages at once. A value exists only where the processor has the instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kernel(Wide);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
enum Wide {
    /// Sixteen lanes in one register of 512 bits.
    Avx512,
    /// Eight lanes in a register of 256 bits, twice.
    Avx2,
}

impl Kernel {
    /// The fastest way on this processor. None where messages are hashed one at a time. Also lanes of AVX2 do more than the
    /// instructions for a single SHA-1: 2.6 against 1.5 GB/s and core where both were measured.
    pub fn best() -> Option<Self> {
        Self::all().first().copied()
    }

    /// All ways this processor has, the fastest first.
    #[cfg(target_arch = "x86_64")]
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
            all.push(Self(Wide::Avx512));
        }
        if is_x86_feature_detected!("avx2") {
            all.push(Self(Wide::Avx2));
        }
        all
    }

    /// All ways this processor has: none on this architecture.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn all() -> Vec<Self> {
        Vec::new()
    }

    #[cfg(target_arch = "x86_64")]
    #[allow(unsafe_code)]
    fn compress(self, state: &mut State, blocks: &[Blocks<'_>; LANES]) {
        match self.0 {
            // SAFETY: `all` made this kernel after it found avx512f and avx512bw, and nothing else can make one.
            Wide::Avx512 => unsafe { avx512::compress(state, blocks) },
            // SAFETY: the same with avx2.
            Wide::Avx2 => unsafe { avx2::compress(state, blocks) },
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn compress(self, _: &mut State, _: &[Blocks<'_>; LANES]) {}
}

/// Sixteen SHA-1 under way.
pub(crate) struct Lanes {
    kernel: Kernel,
    state: State,
    blocks: u64,
}

impl Lanes {
    pub fn new(kernel: Kernel) -> Self {
        Self { kernel, state: START.map(|word| [word; LANES]), blocks: 0 }
    }

    /// Goes on with each lane's bytes: as many whole blocks as the shortest lane has.
    pub fn update(&mut self, bytes: &[&[u8]; LANES]) {
        let blocks: [Blocks<'_>; LANES] = bytes.map(|lane| lane.as_chunks().0);
        self.kernel.compress(&mut self.state, &blocks);
        self.blocks += blocks.iter().map(|lane| lane.len()).min().unwrap_or(0) as u64;
    }

    /// The digests.
    pub fn finish(mut self) -> [[u8; 20]; LANES] {
        // All messages are whole blocks: the padding is one block, the same for all.
        let mut padding = [0; BLOCK_BYTES];
        padding[0] = 0x80;
        let bits = self.blocks.wrapping_mul(BLOCK_BYTES as u64 * 8);
        padding[BLOCK_BYTES - 8..].copy_from_slice(&bits.to_be_bytes());
        self.kernel.compress(&mut self.state, &[&[padding][..]; LANES]);
        std::array::from_fn(|lane| {
            let mut digest = [0; 20];
            for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(self.state) {
                *bytes = word[lane].to_be_bytes();
            }
            digest
        })
    }
}

#[cfg(test)]
mod tests;
