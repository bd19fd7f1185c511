//! Bindings of the entries, one tiny world each: a component exports any subset, found by probing.

/// `lamphouse:http/handler`.
pub mod http {
    wasmtime::component::bindgen!({
        path: ["../../wit/http.wit"],
        inline: "package lamphouse:entry-http; world entry { export lamphouse:http/handler@0.1.0; }",
        world: "lamphouse:entry-http/entry",
        exports: { default: async },
    });
}

/// `lamphouse:jobs/handler`.
pub mod jobs {
    wasmtime::component::bindgen!({
        path: ["../../wit/types.wit", "../../wit/ops.wit", "../../wit/jobs.wit"],
        inline: "package lamphouse:entry-jobs; world entry { export lamphouse:jobs/handler@0.1.0; }",
        world: "lamphouse:entry-jobs/entry",
        imports: { default: async | trappable },
        exports: { default: async },
    });
}

/// `lamphouse:events/handler`.
pub mod events {
    wasmtime::component::bindgen!({
        path: ["../../wit/types.wit", "../../wit/events.wit"],
        inline: "package lamphouse:entry-events; world entry { export lamphouse:events/handler@0.1.0; }",
        world: "lamphouse:entry-events/entry",
        imports: { default: async | trappable },
        exports: { default: async },
    });
}

/// `lamphouse:lifecycle/lifecycle`.
pub mod lifecycle {
    wasmtime::component::bindgen!({
        path: ["../../wit/lifecycle.wit"],
        inline: "package lamphouse:entry-lifecycle; world entry { export lamphouse:lifecycle/lifecycle@0.1.0; }",
        world: "lamphouse:entry-lifecycle/entry",
        exports: { default: async },
    });
}

/// `lamphouse:tracker/policy`.
pub mod tracker {
    wasmtime::component::bindgen!({
        path: ["../../wit/types.wit", "../../wit/tracker.wit"],
        inline: "package lamphouse:entry-tracker; world entry { export lamphouse:tracker/policy@0.1.0; }",
        world: "lamphouse:entry-tracker/entry",
        imports: { default: async | trappable },
        exports: { default: async },
    });
}
