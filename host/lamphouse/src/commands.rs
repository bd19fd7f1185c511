//! Commands that look at or change a data folder, and those that need none.

pub mod doctor;
pub mod job;
pub mod key;
pub mod mount;
pub mod plugin;
pub mod site;
pub mod torrent;
pub mod user;
