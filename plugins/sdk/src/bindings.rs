//! Generated bindings. Each entry is a world of its own, so that a plugin exports any subset.

wit_bindgen::generate!({
    path: [
        "../../wit/types.wit", "../../wit/log.wit", "../../wit/config.wit", "../../wit/metrics.wit",
        "../../wit/identity.wit", "../../wit/clock.wit", "../../wit/ops.wit", "../../wit/events.wit",
        "../../wit/jobs.wit", "../../wit/sql.wit", "../../wit/files.wit", "../../wit/tracker.wit",
    ],
    inline: "
        package lamphouse:sdk;
        world imports {
            import lamphouse:log/log@0.1.0;
            import lamphouse:config/config@0.1.0;
            import lamphouse:metrics/metrics@0.1.0;
            import lamphouse:identity/identity@0.1.0;
            import lamphouse:clock/clock@0.1.0;
            import lamphouse:ops/ops@0.1.0;
            import lamphouse:events/events@0.1.0;
            import lamphouse:jobs/jobs@0.1.0;
            import lamphouse:jobs/run@0.1.0;
            import lamphouse:sql/sql@0.1.0;
            import lamphouse:files/files@0.1.0;
            import lamphouse:files/operations@0.1.0;
            import lamphouse:tracker/statistics@0.1.0;
            import lamphouse:tracker/admission@0.1.0;
        }
    ",
    world: "lamphouse:sdk/imports",
    generate_all,
});

/// Entry `lamphouse:http/handler`.
pub mod entry_http {
    wit_bindgen::generate!({
        path: ["../../wit/http.wit"],
        inline: "package lamphouse:entry-http; world http-entry { export lamphouse:http/handler@0.1.0; }",
        world: "lamphouse:entry-http/http-entry",
        pub_export_macro: true,
        export_macro_name: "export_http_handler",
        default_bindings_module: "lamphouse_plugin::bindings::entry_http",
    });
}

/// Entry `lamphouse:jobs/handler`.
pub mod entry_jobs {
    wit_bindgen::generate!({
        path: ["../../wit/types.wit", "../../wit/ops.wit", "../../wit/jobs.wit"],
        inline: "package lamphouse:entry-jobs; world jobs-entry { export lamphouse:jobs/handler@0.1.0; }",
        world: "lamphouse:entry-jobs/jobs-entry",
        with: {
            "lamphouse:types/types@0.1.0": crate::bindings::lamphouse::types::types,
            "lamphouse:ops/ops@0.1.0": crate::bindings::lamphouse::ops::ops,
        },
        pub_export_macro: true,
        export_macro_name: "export_jobs_handler",
        default_bindings_module: "lamphouse_plugin::bindings::entry_jobs",
    });
}

/// Entry `lamphouse:events/handler`.
pub mod entry_events {
    wit_bindgen::generate!({
        path: ["../../wit/types.wit", "../../wit/events.wit"],
        inline: "package lamphouse:entry-events; world events-entry { export lamphouse:events/handler@0.1.0; }",
        world: "lamphouse:entry-events/events-entry",
        with: { "lamphouse:types/types@0.1.0": crate::bindings::lamphouse::types::types },
        pub_export_macro: true,
        export_macro_name: "export_events_handler",
        default_bindings_module: "lamphouse_plugin::bindings::entry_events",
    });
}

/// Entry `lamphouse:lifecycle/lifecycle`.
pub mod entry_lifecycle {
    wit_bindgen::generate!({
        path: ["../../wit/lifecycle.wit"],
        inline: "package lamphouse:entry-lifecycle; world lifecycle-entry { export lamphouse:lifecycle/lifecycle@0.1.0; }",
        world: "lamphouse:entry-lifecycle/lifecycle-entry",
        pub_export_macro: true,
        export_macro_name: "export_lifecycle_entry",
        default_bindings_module: "lamphouse_plugin::bindings::entry_lifecycle",
    });
}

/// Entry `lamphouse:tracker/policy`.
pub mod entry_tracker {
    wit_bindgen::generate!({
        path: ["../../wit/types.wit", "../../wit/tracker.wit"],
        inline: "package lamphouse:entry-tracker; world tracker-entry { export lamphouse:tracker/policy@0.1.0; }",
        world: "lamphouse:entry-tracker/tracker-entry",
        with: { "lamphouse:types/types@0.1.0": crate::bindings::lamphouse::types::types },
        pub_export_macro: true,
        export_macro_name: "export_tracker_policy",
        default_bindings_module: "lamphouse_plugin::bindings::entry_tracker",
    });
}
