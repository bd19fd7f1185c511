//! Host-run operations: long work that ends with a resumed job.

pub use crate::bindings::lamphouse::ops::ops::{Operation, State, cancel, get, running};
