//! Configuration: checked against the manifest's schema, with defaults, and told to the running plugin.

use crate::guests;
use crate::host::{ADMIN, Ground, Host, hello, probe};
use lamp_core::entry::{AdminError, PluginAdmin, PluginState, Plugins};
use lamp_store::plugin_logs::PluginLogFilter;
use serde_json::{Map, Value, json};

async fn configure(host: &Host, key: &str, value: Value) -> Result<(), AdminError> {
    host.catalog.configure(&probe(), Map::from_iter([(key.to_owned(), value)]), ADMIN).await
}

async fn rate(host: &Host) -> Value {
    host.ok(&probe(), "config.get", json!({ "key": "rate" })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_reaches_the_running_plugin_and_null_brings_the_default_back() {
    let ground = Ground::new().await;
    let host = Host::start(&ground, "one").await;
    host.install(guests::probe().package()).await;
    assert_eq!(rate(&host).await, 3);
    configure(&host, "rate", json!(7)).await.unwrap();
    host.until("the value is there", async || rate(&host).await == 7).await;
    let filter = PluginLogFilter { plugin: Some(probe()), ..PluginLogFilter::default() };
    host.until("the plugin was told", async || {
        let lines = host.store.list_plugin_logs(&filter, 100).await.unwrap();
        lines.iter().any(|line| line.line.message == "changed" && line.line.fields.contains("configuration"))
    })
    .await;
    configure(&host, "rate", Value::Null).await.unwrap();
    host.until("the default is back", async || rate(&host).await == 3).await;
    configure(&host, "rate", json!(9)).await.unwrap();
    host.shutdown().await;
    let host = Host::start(&ground, "two").await;
    assert_eq!(rate(&host).await, 9, "it survives a restart");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_does_not_fit_is_refused_by_name() {
    let ground = Ground::new().await;
    let host = Host::start(&ground, "one").await;
    host.install(guests::hello().package()).await;
    host.install(guests::probe().package()).await;
    for wrong in [json!(11), json!("seven"), json!(2.5)] {
        match configure(&host, "rate", wrong).await {
            Err(AdminError::Refused { code, message, field }) => {
                assert_eq!((code, field.as_deref()), ("configuration_invalid", Some("rate")));
                assert!(message.contains("`rate`"), "{message}");
            }
            other => panic!("{other:?}"),
        }
    }
    match configure(&host, "no_such_key", json!(1)).await {
        Err(AdminError::Refused { code, message, .. }) => {
            assert_eq!(code, "configuration_invalid");
            assert!(message.contains("no_such_key"), "{message}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(rate(&host).await, 3);
    match host.catalog.configure(&hello(), Map::new(), ADMIN).await {
        Err(AdminError::Refused { code, .. }) => assert_eq!(code, "no_configuration"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_that_complains_is_degraded_and_still_answers() {
    let ground = Ground::new().await;
    let host = Host::start(&ground, "one").await;
    host.install(guests::probe().package()).await;
    configure(&host, "unwell", json!("the library is empty")).await.unwrap();
    host.until_state(&probe(), PluginState::Degraded).await;
    assert_eq!(host.supervisor.status(&probe()).unwrap().reason, "the library is empty");
    assert!(host.ping(&probe()).await);
    configure(&host, "unwell", Value::Null).await.unwrap();
    host.until_state(&probe(), PluginState::Healthy).await;
}
