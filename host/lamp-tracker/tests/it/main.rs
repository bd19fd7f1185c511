//! The tracker on real sockets: with a small client of our own, and with the programs people use.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod admission;
mod client;
mod harness;
mod http;
mod programs;
mod udp;
