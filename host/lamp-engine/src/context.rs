//! What a store carries: who the plugin is, who is calling, and what it has used.

use crate::limits::MemoryLimiter;
use crate::stats::Stats;
use arc_swap::ArcSwap;
use lamp_core::caller::Caller;
use lamp_core::entry::JobControl;
use lamp_core::error::{CapabilityError, CapabilityResult};
use lamp_core::grant::Effective;
use lamp_core::id::PluginId;
use lamp_core::manifest::Manifest;
use std::any::Any;
use std::sync::Arc;

/// Hears of a denied call: interface and what was missing.
pub type OnDenied = Box<dyn Fn(&str, &str) + Send + Sync>;

/// A plugin as its instances know it. Grants are swapped in place, so that a change takes effect on the next host call.
pub struct Identity {
    /// Its id.
    pub id: PluginId,
    /// Its manifest.
    pub manifest: Arc<Manifest>,
    /// Effective rights now.
    pub rights: ArcSwap<Effective>,
    /// Hears of each denied call.
    pub on_denied: OnDenied,
    /// What its calls have used.
    pub(crate) stats: Stats,
}

impl Identity {
    /// A plugin with its rights as they stand.
    pub fn new(id: PluginId, manifest: Arc<Manifest>, rights: Effective, on_denied: OnDenied) -> Self {
        Self { id, manifest, rights: ArcSwap::from_pointee(rights), on_denied, stats: Stats::default() }
    }
}

/// One call into a plugin, from the outside.
#[derive(Clone, Default)]
pub struct CallInfo {
    /// Who calls; none in jobs, events and life-cycle calls.
    pub caller: Option<Caller>,
    /// Ties log lines together: request id or job id.
    pub correlation: String,
    /// The queue's side of the job being run.
    pub job: Option<Arc<dyn JobControl>>,
}

/// Data of a store.
pub struct Context {
    /// The plugin.
    pub identity: Arc<Identity>,
    /// What the capabilities need; they know its type.
    services: Arc<dyn Any + Send + Sync>,
    /// The present call.
    pub call: CallInfo,
    pub(crate) limiter: MemoryLimiter,
    pub(crate) ticks_left: u64,
}

impl Context {
    pub(crate) fn new(identity: Arc<Identity>, services: Arc<dyn Any + Send + Sync>, memory_mib: u32) -> Self {
        Self {
            identity,
            services,
            call: CallInfo::default(),
            limiter: MemoryLimiter::new(u64::from(memory_mib) << 20),
            ticks_left: 0,
        }
    }

    /// The host's services, if they are of this type.
    pub fn services<T: 'static>(&self) -> CapabilityResult<&T> {
        self.services
            .downcast_ref::<T>()
            .ok_or_else(|| CapabilityError::Other("the host has no services of this kind".to_owned()))
    }

    /// Lets a call pass when `interface` is granted at all.
    pub fn require(&self, interface: &'static str) -> CapabilityResult<()> {
        self.identity.stats.count_host_call();
        if self.identity.rights.load().has(interface) {
            Ok(())
        } else {
            Err(self.deny(interface, &format!("plugin `{}` has no grant for {interface}", self.identity.id)))
        }
    }

    /// Lets a call pass when `right` on `name` is granted.
    pub fn require_right(&self, interface: &'static str, name: &str, right: &str) -> CapabilityResult<()> {
        self.identity.stats.count_host_call();
        if self.identity.rights.load().allows(interface, name, right) {
            return Ok(());
        }
        let text = format!("plugin `{}` is not granted `{right}` on `{name}` ({interface})", self.identity.id);
        Err(self.deny(interface, &text))
    }

    fn deny(&self, interface: &str, text: &str) -> CapabilityError {
        self.identity.stats.count_denial(interface);
        (self.identity.on_denied)(interface, text);
        CapabilityError::Denied(text.to_owned())
    }
}
