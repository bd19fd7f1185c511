//! Commands that look at or change a data folder.

pub mod doctor;
pub mod job;
pub mod key;
pub mod mount;
pub mod plugin;
pub mod user;
