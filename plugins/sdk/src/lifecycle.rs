//! Start, changes, health and stop.

pub use crate::bindings::entry_lifecycle::exports::lamphouse::lifecycle::lifecycle::{
    Change, Guest as Lifecycle, HealthReport,
};

/// Exports a type that implements [`Lifecycle`].
#[macro_export]
macro_rules! export_lifecycle {
    ($lifecycle:ident) => {
        $crate::bindings::entry_lifecycle::export_lifecycle_entry!($lifecycle with_types_in $crate::bindings::entry_lifecycle);
    };
}
