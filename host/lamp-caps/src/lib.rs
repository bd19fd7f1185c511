//! The capabilities: one file each, and the table of them. Every function asks the plugin's grants on every call,
//! so that taking a grant back takes effect at once; a call without one answers `denied` and leaves a trace.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod bindings;
mod clock;
mod config;
mod convert;
mod events;
mod files;
mod identity;
mod jobs;
mod log;
mod metrics;
mod ops;
mod services;
mod sql;
mod tracker;

pub use files::{
    COPY_KIND, CopyExecutor, HASH_KIND, HashExecutor, PURGE_KIND, RESTORE_KIND, TRASH_KIND, TrashExecutor,
};
pub use log::{LogLine, LogSink};
pub use services::Services;
pub use tracker::Swarms;

use lamp_engine::{Capability, Context};
use wasmtime::component::{HasSelf, Linker};

/// The table of capabilities: package and how it is linked. What a grant of each means is in `lamp_core::manifest::interfaces`.
pub const CAPABILITIES: &[Capability] = &[
    Capability { package: "lamphouse:log", link: link_log },
    Capability { package: "lamphouse:config", link: link_config },
    Capability { package: "lamphouse:metrics", link: link_metrics },
    Capability { package: "lamphouse:identity", link: link_identity },
    Capability { package: "lamphouse:clock", link: link_clock },
    Capability { package: "lamphouse:sql", link: link_sql },
    Capability { package: "lamphouse:jobs", link: link_jobs },
    Capability { package: "lamphouse:events", link: link_events },
    Capability { package: "lamphouse:files", link: link_files },
    Capability { package: "lamphouse:ops", link: link_ops },
    Capability { package: "lamphouse:tracker", link: link_tracker },
];

macro_rules! link {
    ($name:ident: $($interface:path),+) => {
        fn $name(linker: &mut Linker<Context>) -> wasmtime::Result<()> {
            $({
                use $interface as interface;
                interface::add_to_linker::<Context, HasSelf<Context>>(linker, |context| context)?;
            })+
            Ok(())
        }
    };
}

link!(link_log: bindings::lamphouse::log::log);
link!(link_config: bindings::lamphouse::config::config);
link!(link_metrics: bindings::lamphouse::metrics::metrics);
link!(link_identity: bindings::lamphouse::identity::identity);
link!(link_clock: bindings::lamphouse::clock::clock);
link!(link_sql: bindings::lamphouse::sql::sql);
link!(link_jobs: bindings::lamphouse::jobs::jobs, bindings::lamphouse::jobs::run);
link!(link_events: bindings::lamphouse::events::events);
link!(link_files: bindings::lamphouse::files::files, bindings::lamphouse::files::operations);
link!(link_tracker: bindings::lamphouse::tracker::statistics, bindings::lamphouse::tracker::admission);
link!(link_ops: bindings::lamphouse::ops::ops, bindings::lamphouse::types::types);
