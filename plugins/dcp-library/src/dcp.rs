//! Reader of Digital Cinema Packages: Interop and SMPTE, with IMF recognised and set aside.
//!
//! Pure: it never opens a file, asks for the time or starts a thread. The caller hands it a
//! [`source::PackageSource`] and the present time, and gets [`package::Package`] values whose JSON
//! is the contract of `GET /dcps/{uuid}`. Whatever is wrong with a package becomes a finding on it;
//! nothing here panics or fails whole. It knows nothing of the host, of SQL or of HTTP.

pub mod asset_map;
pub mod composition;
pub mod dialect;
pub mod discover;
pub mod feature;
pub mod findings;
pub mod kdm;
pub mod kind;
pub mod link;
pub mod mxf;
pub mod naming;
pub mod package;
pub mod packing_list;
pub mod path;
pub mod rational;
mod report;
pub mod signature;
pub mod source;
mod subtitle;
pub mod uuid;
pub mod volume_index;
pub mod xml;
