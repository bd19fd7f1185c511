//! Tests of the whole crate, without other programs.
