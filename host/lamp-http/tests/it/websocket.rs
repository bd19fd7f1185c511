//! Live events over a WebSocket, spoken by hand (RFC 6455).

use crate::client::{Answer, Call, PATIENCE, get};
use crate::harness::{Host, origin, until};
use lamp_core::event::NewEvent;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;

fn upgrade(target: &str) -> Call {
    get(target)
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
}

struct Socket(TcpStream);

impl Socket {
    /// Sends the upgrade; the answer's head, with the connection when it is 101.
    async fn open(host: &Host, call: Call) -> Result<Self, Answer> {
        let mut stream = call.open(host.address).await;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let byte = tokio::time::timeout(PATIENCE, stream.read_u8()).await.unwrap();
            head.push(byte.expect("a whole head"));
        }
        let answer = Answer::parse(&head);
        if answer.status == 101 { Ok(Self(stream)) } else { Err(answer) }
    }

    async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let read = async {
            let first = self.0.read_u8().await.ok()?;
            let length = match self.0.read_u8().await.ok()? & 127 {
                126 => u64::from(self.0.read_u16().await.ok()?),
                127 => self.0.read_u64().await.ok()?,
                short => u64::from(short),
            };
            let mut payload = vec![0; usize::try_from(length).unwrap()];
            self.0.read_exact(&mut payload).await.ok()?;
            Some((first & 15, payload))
        };
        tokio::time::timeout(PATIENCE, read).await.expect("a frame in time")
    }

    async fn next(&mut self) -> Value {
        loop {
            match self.frame().await.expect("a frame") {
                (TEXT, payload) => return serde_json::from_slice(&payload).unwrap(),
                (PING, _) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Code and reason of the close.
    async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.frame().await.expect("a close") {
                (CLOSE, payload) => {
                    let code = u16::from_be_bytes([payload[0], payload[1]]);
                    return (code, String::from_utf8(payload[2..].to_vec()).unwrap());
                }
                _ => continue,
            }
        }
    }

    async fn send(&mut self, text: &str) {
        let mut frame = vec![128 | TEXT];
        match u8::try_from(text.len()) {
            Ok(short) if short < 126 => frame.push(128 | short),
            _ => {
                frame.push(128 | 127);
                frame.extend_from_slice(&(text.len() as u64).to_be_bytes());
            }
        }
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(text.as_bytes());
        self.0.write_all(&frame).await.ok();
    }
}

fn event(topic: &str, data: &Value) -> NewEvent {
    NewEvent { topic: topic.to_owned(), source: None, target: None, payload: data.to_string(), retain_key: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_in_the_address_opens_the_socket_and_topics_can_change() {
    let host = Host::start().await;
    let key = host.key("viewer").await;
    let mut socket = Socket::open(&host, upgrade(&format!("/ws?token={key}&topics=a.*"))).await.unwrap();
    assert_eq!(socket.next().await["type"], "hello");
    host.store.publish_events(vec![event("b.x", &json!(1)), event("a.x", &json!(2))]).await.unwrap();
    assert_eq!(socket.next().await["data"], 2);
    socket.send(r#"{"subscribe":["b.*"]}"#).await;
    let mut number = 10;
    until("the new topic arrives", async || {
        number += 1;
        host.store.publish_events(vec![event("b.x", &json!(number)), event("a.x", &json!(0))]).await.unwrap();
        socket.next().await["type"] == "b.x"
    })
    .await;
    drop(socket);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_listen_gets_no_socket() {
    let host = Host::start().await;
    host.user("ada", "viewer").await;
    let session = host.login("ada").await.expect(200).session();
    let key = host.key("viewer").await;
    let own = format!("http://{}", host.address);
    for (call, status) in [
        (upgrade("/ws"), 401),
        (upgrade("/ws?token=ls_wrong"), 401),
        (upgrade("/ws?token="), 401),
        (upgrade("/ws").cookie(&session).header("origin", "http://evil.example"), 403),
        (upgrade("/ws").cookie(&session).header("origin", "null"), 403),
        (upgrade(&format!("/ws?token={key}")).header("origin", "http://evil.example"), 403),
        (get(&format!("/ws?token={key}")), 400),
    ] {
        let refused = Socket::open(&host, call.clone()).await.err().unwrap_or_else(|| panic!("let in: {call:?}"));
        assert_eq!(refused.status, status, "{call:?}");
    }
    assert!(Socket::open(&host, upgrade("/ws").cookie(&session).header("origin", &own)).await.is_ok());
    // A token in the address counts nowhere else.
    host.send(get(&format!("/api/v1/auth/me?token={key}"))).await.expect(401);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_messages_and_ended_sessions_close_the_socket() {
    let host = Host::start().await;
    let key = host.key("viewer").await;
    let target = format!("/ws?token={key}");
    for text in ["nonsense", "{}", r#"{"subscribe":"a"}"#, r#"{"subscribe":[],"more":1}"#] {
        let mut socket = Socket::open(&host, upgrade(&target)).await.unwrap();
        socket.send(text).await;
        assert_eq!(socket.closed().await.0, 1007, "{text}");
    }
    let mut flood = Socket::open(&host, upgrade(&target)).await.unwrap();
    for _ in 0..60 {
        flood.send(r#"{"subscribe":[]}"#).await;
    }
    assert_eq!(flood.closed().await, (1008, "too many messages".to_owned()));
    let mut huge = Socket::open(&host, upgrade(&target)).await.unwrap();
    huge.next().await;
    huge.send(&"x".repeat(100_000)).await;
    assert!(huge.frame().await.is_none_or(|(kind, _)| kind == CLOSE), "a message over the limit ends it");
    let mut socket = Socket::open(&host, upgrade(&target)).await.unwrap();
    let id = host.auth.list_keys().await.unwrap()[0].id.clone();
    host.auth.revoke_key(&origin(), &id).await.unwrap();
    assert_eq!(socket.closed().await, (1008, "the session has ended".to_owned()));
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shutdown_closes_sockets() {
    let host = Host::start().await;
    let key = host.key("viewer").await;
    let mut socket = Socket::open(&host, upgrade(&format!("/ws?token={key}"))).await.unwrap();
    socket.next().await;
    host.stop().await;
    assert_eq!(socket.closed().await.1, "the server is stopping");
}
