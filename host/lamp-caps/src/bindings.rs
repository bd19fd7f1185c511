//! Generated bindings of everything a plugin can import.

wasmtime::component::bindgen!({
    path: [
        "../../wit/types.wit", "../../wit/log.wit", "../../wit/config.wit", "../../wit/metrics.wit",
        "../../wit/identity.wit", "../../wit/clock.wit", "../../wit/ops.wit", "../../wit/events.wit",
        "../../wit/jobs.wit", "../../wit/sql.wit", "../../wit/files.wit", "../../wit/tracker.wit",
    ],
    inline: "
        package lamphouse:host;
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
    world: "lamphouse:host/imports",
    imports: {
        "lamphouse:log": trappable,
        "lamphouse:config": trappable,
        "lamphouse:metrics": trappable,
        "lamphouse:identity": trappable,
        "lamphouse:clock": trappable,
        "lamphouse:sql/sql.dialect": trappable,
        "lamphouse:files/files.mounts": async | trappable,
        default: async | trappable,
    },
    trappable_error_type: {
        "lamphouse:types/types.error" => lamp_core::error::CapabilityError,
    },
});
