//! Numbers for Prometheus. Handles are made once; a request only adds to them.

use crate::app::App;
use ::metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use lamp_core::id::PluginId;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Numbers of one plugin since the server started.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct PluginMetrics {
    /// Calls of any entry.
    pub calls: u64,
    /// Calls that gave no answer.
    pub errors: u64,
    /// Of these, traps.
    pub traps: u64,
    /// Host calls that were denied.
    pub denials: u64,
    /// The same by interface.
    #[serde(skip)]
    pub denials_by_interface: BTreeMap<String, u64>,
    /// Processor time in milliseconds.
    pub cpu_ms: u64,
    /// 99 % of calls took no longer, in milliseconds; none without calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99_ms: Option<f64>,
    /// Most memory one instance has held, in bytes.
    pub memory_high_water_bytes: u64,
}

/// Where the numbers of a plugin come from.
pub type PluginMetricsSource = Arc<dyn Fn(&PluginId) -> PluginMetrics + Send + Sync>;

/// Installs the process's recorder, once; later calls get the same handle. With another recorder in place (there is
/// none in the binary) the handle renders nothing.
pub fn install_metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let buckets = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
            let seconds = Matcher::Suffix("_seconds".to_owned());
            let builder = match PrometheusBuilder::new().set_buckets_for_metric(seconds, &buckets) {
                Ok(builder) => builder,
                Err(_) => PrometheusBuilder::new(),
            };
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            if ::metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another metrics recorder is installed; /metrics stays empty");
            }
            handle
        })
        .clone()
}

/// Which part of the server answered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Area {
    Api,
    Plugin,
    Asset,
    Ui,
}

const AREAS: [&str; 4] = ["api", "plugin", "asset", "ui"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// Handles of the server's own numbers.
pub(crate) struct HttpMetrics {
    requests: Vec<[Counter; CLASSES.len()]>,
    durations: Vec<Histogram>,
    pub(crate) connections: Gauge,
    pub(crate) streams: Gauge,
}

impl HttpMetrics {
    pub(crate) fn register() -> Self {
        let requests = |area: &'static str| {
            CLASSES.map(|class| counter!("lamphouse_http_requests_total", "area" => area, "class" => class))
        };
        Self {
            requests: AREAS.iter().map(|area| requests(area)).collect(),
            durations: AREAS.iter().map(|area| histogram!("lamphouse_http_request_seconds", "area" => *area)).collect(),
            connections: gauge!("lamphouse_http_connections"),
            streams: gauge!("lamphouse_http_event_streams"),
        }
    }

    pub(crate) fn count(&self, area: Area, status: http::StatusCode, took: std::time::Duration) {
        let area = area as usize;
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(counter) = self.requests.get(area).and_then(|classes| classes.get(class)) {
            counter.increment(1);
        }
        if let Some(histogram) = self.durations.get(area) {
            histogram.record(took.as_secs_f64());
        }
    }
}

/// Counts one up while it lives.
pub(crate) struct Counted(Gauge);

impl Counted {
    pub(crate) fn new(gauge: &Gauge) -> Self {
        gauge.increment(1.0);
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// All numbers as Prometheus text.
pub(crate) fn render(app: &App) -> String {
    let running = app.plugins.running();
    gauge!("lamphouse_plugins_running").set(small(running.len()));
    for plugin in running {
        let id = &plugin.manifest.id;
        let numbers = (app.plugin_metrics)(id);
        let name = id.to_string();
        counter!("lamphouse_plugin_calls_total", "plugin" => name.clone()).absolute(numbers.calls);
        counter!("lamphouse_plugin_errors_total", "plugin" => name.clone()).absolute(numbers.errors);
        counter!("lamphouse_plugin_traps_total", "plugin" => name.clone()).absolute(numbers.traps);
        counter!("lamphouse_plugin_denials_total", "plugin" => name.clone()).absolute(numbers.denials);
        counter!("lamphouse_plugin_cpu_milliseconds_total", "plugin" => name.clone()).absolute(numbers.cpu_ms);
        let memory = usize::try_from(numbers.memory_high_water_bytes).unwrap_or(usize::MAX);
        gauge!("lamphouse_plugin_memory_high_water_bytes", "plugin" => name).set(small(memory));
    }
    app.prometheus.render()
}

#[expect(clippy::cast_precision_loss, reason = "gauges are floating point; counts here are far below 2^53")]
fn small(count: usize) -> f64 {
    count as f64
}
