//! Live events as server-sent events.

use crate::client::{PATIENCE, get};
use crate::harness::{Host, origin, until};
use lamp_core::event::NewEvent;
use lamp_core::id::PluginId;
use lamp_http::LiveEvent;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A stream that is read frame by frame.
struct Stream {
    reader: BufReader<TcpStream>,
    text: String,
}

#[derive(Debug)]
struct Frame {
    id: Option<i64>,
    event: String,
    data: Value,
}

impl Stream {
    async fn open(host: &Host, target: &str, key: &str, last: Option<i64>) -> Self {
        let mut call = get(target).bearer(key);
        if let Some(last) = last {
            call = call.header("last-event-id", &last.to_string());
        }
        let mut stream = Self { reader: BufReader::new(call.open(host.address).await), text: String::new() };
        let head = stream.until_blank("\r\n\r\n").await.expect("a head");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(head.contains("text/event-stream") && head.contains("no-store"), "{head}");
        stream
    }

    /// Reads up to `end`; none when the connection ends first.
    async fn until_blank(&mut self, end: &str) -> Option<String> {
        loop {
            if let Some(at) = self.text.find(end) {
                let found = self.text[..at].to_owned();
                self.text = self.text[at + end.len()..].to_owned();
                return Some(found);
            }
            let mut buffer = [0; 4_096];
            let read = tokio::time::timeout(PATIENCE, self.reader.read(&mut buffer)).await.expect("something in time");
            match read {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.text.push_str(std::str::from_utf8(&buffer[..count]).unwrap()),
            }
        }
    }

    /// The next frame that is no heartbeat; none at the end of the stream.
    async fn frame(&mut self) -> Option<Frame> {
        loop {
            let block = self.until_blank("\n\n").await?;
            // Chunk sizes stand on lines of their own between frames.
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            if let (Some(event), Some(data)) = (field("event:"), field("data:")) {
                let id = field("id:").map(|id| id.parse().unwrap());
                return Some(Frame { id, event: event.to_owned(), data: serde_json::from_str(data).unwrap() });
            }
        }
    }

    async fn expect(&mut self, event: &str) -> Frame {
        let frame = self.frame().await.expect("a frame");
        assert_eq!(frame.event, event, "{frame:?}");
        frame
    }
}

fn event(topic: &str, payload: Value) -> NewEvent {
    NewEvent { topic: topic.to_owned(), source: None, target: None, payload: payload.to_string(), retain_key: None }
}

lamp_store::on_each_database! {
    async fn events_arrive_in_order_and_are_replayed_after_the_last_one(database) {
        let host = Host::start_on(database, |_| {}).await;
        let key = host.key("viewer").await;
        let mut stream = Stream::open(&host, "/api/v1/events", &key, None).await;
        let hello = stream.expect("hello").await;
        assert_eq!(hello.data["data"]["sequence"], 0);
        for number in 0..3 {
            host.store.publish_events(vec![event("things.changed", json!({ "n": number }))]).await.unwrap();
        }
        let mut last = 0;
        for number in 0..3 {
            let frame = stream.expect("things.changed").await;
            assert_eq!((&frame.data["type"], &frame.data["data"]["n"]), (&json!("things.changed"), &json!(number)));
            assert!(frame.data["timestamp"].as_str().unwrap().ends_with('Z'));
            assert!(frame.id.unwrap() > last);
            if number == 0 {
                last = frame.id.unwrap();
            }
        }
        let mut resumed = Stream::open(&host, "/api/v1/events", &key, Some(last)).await;
        assert_eq!(resumed.expect("hello").await.id, None, "the place in the log stays that of the client");
        for number in 1..3 {
            assert_eq!(resumed.expect("things.changed").await.data["data"]["n"], number);
        }
        host.store.publish_events(vec![event("things.changed", json!({ "n": 3 }))]).await.unwrap();
        assert_eq!(resumed.expect("things.changed").await.data["data"]["n"], 3);
        drop((stream, resumed));
        host.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_log_is_replayed_without_gap_or_repeat() {
    let host = Host::start().await;
    let key = host.key("viewer").await;
    let many = (0..1_234).map(|number| event("things.changed", json!(number))).collect();
    host.store.publish_events(many).await.unwrap();
    let mut stream = Stream::open(&host, "/api/v1/events", &key, Some(0)).await;
    stream.expect("hello").await;
    host.store.publish_events(vec![event("things.changed", json!(1_234))]).await.unwrap();
    for number in 0..=1_234 {
        assert_eq!(stream.expect("things.changed").await.data["data"], number);
    }
    drop(stream);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn topics_targets_and_live_updates() {
    let host = Host::start().await;
    let key = host.key("viewer").await;
    let retained = NewEvent { retain_key: Some("state".to_owned()), ..event("things.state", json!("on")) };
    host.store.publish_events(vec![retained]).await.unwrap();
    let mut stream = Stream::open(&host, "/api/v1/events?topics=things.*,jobs.progress", &key, None).await;
    stream.expect("hello").await;
    let snapshot = stream.expect("things.state").await;
    assert_eq!((snapshot.id, &snapshot.data["data"]), (None, &json!("on")));
    let internal = NewEvent { target: Some(PluginId::parse("probe").unwrap()), ..event("things.secret", json!(1)) };
    host.store
        .publish_events(vec![event("other.topic", json!(1)), internal, event("things.last", json!(2))])
        .await
        .unwrap();
    assert_eq!(stream.expect("things.last").await.data["data"], 2);
    host.live.send(LiveEvent { topic: "jobs.progress".to_owned(), data: json!({ "id": "j" }) }).unwrap();
    let live = stream.expect("jobs.progress").await;
    assert_eq!((live.id, &live.data["data"]["id"]), (None, &json!("j")));
    drop(stream);
    let too_many = vec!["a"; 65].join(",");
    host.send(get(&format!("/api/v1/events?topics={too_many}")).bearer(&key)).await.expect(400);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_with_its_session() {
    let host = Host::start().await;
    let key = host.key("viewer").await;
    let mut stream = Stream::open(&host, "/api/v1/events", &key, None).await;
    stream.expect("hello").await;
    let id = host.auth.list_keys().await.unwrap()[0].id.clone();
    host.auth.revoke_key(&origin(), &id).await.unwrap();
    let ended = tokio::time::timeout(std::time::Duration::from_secs(5), stream.frame()).await.expect("an end in time");
    assert!(ended.is_none());
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heartbeats_come_while_nothing_happens_and_shutdown_ends_streams() {
    let host = Host::start_with(|settings| settings.heartbeat_ms = 50).await;
    let key = host.key("viewer").await;
    let mut stream = Stream::open(&host, "/api/v1/events", &key, None).await;
    stream.expect("hello").await;
    let beat = stream.until_blank("\n\n").await.unwrap();
    assert!(beat.ends_with(": heartbeat"), "{beat:?}");
    let began = std::time::Instant::now();
    host.stop().await;
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "streams do not hold the end up");
    assert!(stream.frame().await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_that_does_not_read_is_cut() {
    let host = Host::start_with(|settings| settings.write_stall_ms = 300).await;
    let key = host.key("viewer").await;
    let mut stream = Stream::open(&host, "/api/v1/events", &key, None).await;
    stream.expect("hello").await;
    let big = "x".repeat(500_000);
    for _ in 0..60 {
        host.live.send(LiveEvent { topic: "big".to_owned(), data: json!(big) }).unwrap();
    }
    // A connection that the server has given up takes no byte any more.
    until("the server has given up", async || stream.reader.get_mut().write_all(b"x").await.is_err()).await;
    host.stop().await;
}
