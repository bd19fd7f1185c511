//! Hub and site with a store each, joined by a wire in memory: registration, letting in, messages both ways, outages,
//! and others who would like to be one of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod impostors;
mod link;
mod world;
