//! Tests of the whole crate, without other programs.

mod creating;
mod describing;
mod hostile;
mod resuming;
pub(crate) mod support;
