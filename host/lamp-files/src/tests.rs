//! Tests across modules, by what they prove.

mod access;
mod copying;
mod escape;
mod front;
mod hashing;
mod listing;
mod roots;
mod support;
mod trashing;
mod watching;
