//! What no plugin should do.

use crate::arguments::Arguments;
use lamphouse_plugin::events::{new_event, publish};
use lamphouse_plugin::http::Response;
use lamphouse_plugin::{host, log};
use std::hint::black_box;

/// Misbehaves in the way that `how` names; most ways never return.
pub fn now(how: &str, arguments: &Arguments) -> Response {
    match how {
        "loop" => spin(),
        "host-loop" => loop {
            black_box(host::now());
        },
        "deep-frames" => Response::text(200, &deep_frames(0).to_string()),
        "deep-calls" => Response::text(200, &deep_calls(black_box(u64::MAX)).to_string()),
        "memory-steps" => eat_in_steps(),
        "memory-once" => Response::text(200, &black_box(vec![1_u8; 1_900 << 20]).len().to_string()),
        "panic" => panic_now(),
        "huge-response" => Response::text(200, &"x".repeat(megabytes(arguments))),
        "huge-argument" => {
            let answer = publish(&new_event("note.huge", "x".repeat(megabytes(arguments))));
            Response::json(200, &crate::told(answer.map(|()| serde_json::Value::Null)))
        }
        "log-flood" => {
            for line in 0..arguments.number("lines", 10_000) {
                log::info("flood", &[("line", &line.to_string())]);
            }
            Response::text(200, "logged")
        }
        _ => Response::problem(404, "unknown_way", "the probe cannot misbehave like that"),
    }
}

/// Loops without a host call.
pub fn spin() -> ! {
    let mut rounds = 0_u64;
    loop {
        rounds = black_box(rounds.wrapping_add(1));
    }
}

/// Panics.
#[expect(clippy::panic, reason = "this is what is asked for")]
pub fn panic_now() -> ! {
    panic!("told to panic")
}

fn megabytes(arguments: &Arguments) -> usize {
    usize::try_from(arguments.number("mib", 1)).unwrap_or(1) << 20
}

/// Overflows the part of linear memory in which compiled code keeps what has an address.
fn deep_frames(level: u64) -> u64 {
    if level == u64::MAX {
        return 0;
    }
    let held = black_box([level; 64]);
    let below = deep_frames(level + 1);
    below + held[1]
}

/// Overflows the engine's own stack: nothing here has an address.
fn deep_calls(levels: u64) -> u64 {
    match levels {
        0 => 1,
        _ => deep_calls(levels - 1).rotate_left(3) ^ deep_calls(levels / 2),
    }
}

fn eat_in_steps() -> Response {
    let mut eaten: Vec<Vec<u8>> = Vec::new();
    loop {
        eaten.push(black_box(vec![1_u8; 65_536]));
    }
}
