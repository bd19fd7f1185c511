//! Connections: slow ones, many, an orderly end, and what a request costs.

use crate::client::{Answer, PATIENCE, call, get};
use crate::harness::{Host, until};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Reads until the server ends the connection; how long that took.
async fn cut(mut stream: TcpStream) -> Duration {
    let began = Instant::now();
    let mut rest = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("the server ends it").ok();
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_and_silent_connections_are_cut_and_others_answered_meanwhile() {
    let host = Host::start_with(|settings| settings.header_timeout_ms = 400).await;
    let mut slow = Vec::new();
    for first in
        [&b""[..], b"P", b"PRI * HT", b"GET /api/v1/health HT", b"GET /api/v1/health HTTP/1.1\r\nhost: a\r\nx-slow: "]
    {
        let mut stream = TcpStream::connect(host.address).await.unwrap();
        stream.write_all(first).await.unwrap();
        slow.push(stream);
    }
    host.send(get("/api/v1/health")).await.expect(200);
    for stream in slow {
        let took = cut(stream).await;
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
    host.send(get("/api/v1/health")).await.expect(200);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_does_not_come_is_408() {
    let host = Host::start_with(|settings| settings.body_timeout_ms = 200).await;
    let mut stream = TcpStream::connect(host.address).await.unwrap();
    let head = "POST /api/v1/auth/login HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\nconnection: close\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut received = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut received)).await.unwrap().ok();
    assert_eq!(Answer::parse(&received).expect(408).code(), "body_timeout");
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_requests_are_refused_and_the_server_goes_on() {
    let host = Host::start().await;
    for request in [
        "GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "GET /\r\nbad header HTTP/1.1\r\n\r\n",
        &format!("GET / HTTP/1.1\r\nhost: a\r\nx-long: {}\r\n\r\n", "x".repeat(100_000)),
        &format!("GET /{} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", "x".repeat(20_000)),
    ] {
        let mut stream = TcpStream::connect(host.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.ok();
        stream.shutdown().await.ok();
        let mut received = Vec::new();
        tokio::time::timeout(PATIENCE, stream.read_to_end(&mut received)).await.expect("an end").ok();
        let status = (!received.is_empty()).then(|| Answer::parse(&received).status);
        assert!(
            status.is_none_or(|status| (400..500).contains(&status)),
            "{status:?} for {:?}",
            &request[..20.min(request.len())]
        );
    }
    host.send(get("/api/v1/health")).await.expect(200);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_over_the_limit_wait_for_their_turn() {
    let host = Host::start_with(|settings| {
        settings.max_connections = 2;
        settings.header_timeout_ms = 300;
    })
    .await;
    let hoard: Vec<TcpStream> = futures_util::future::join_all((0..6).map(|_| TcpStream::connect(host.address)))
        .await
        .into_iter()
        .flatten()
        .collect();
    assert_eq!(hoard.len(), 6);
    host.send(get("/api/v1/health")).await.expect(200);
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_under_way_is_finished_at_the_end() {
    let host = Host::with_probe().await;
    let key = host.key("viewer").await;
    let (address, plugins) = (host.address, host.plugins.clone());
    let waiting = tokio::spawn(async move { get("/api/v1/p/probe/answers/wait").bearer(&key).send(address).await });
    until("the plugin is called", async || plugins.calls() == 1).await;
    host.shutdown.cancel();
    until("no new connection is taken", async || TcpStream::connect(address).await.is_err()).await;
    plugins.gate.notify_one();
    assert_eq!(waiting.await.unwrap().expect(200).text(), "wait");
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_does_not_end_is_cut_after_the_grace_time() {
    let host = Host::start_with(|settings| settings.shutdown_grace_ms = 200).await;
    host.plugins.start_probe();
    let key = host.key("viewer").await;
    let (address, plugins) = (host.address, host.plugins.clone());
    let stream = get("/api/v1/p/probe/answers/wait").bearer(&key).open(address).await;
    until("the plugin is called", async || plugins.calls() == 1).await;
    let began = Instant::now();
    host.stop().await;
    assert!(began.elapsed() < Duration::from_secs(5));
    cut(stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_count_requests_and_plugins() {
    let host = Host::with_probe().await;
    let key = host.key("operator").await;
    host.send(get("/api/v1/things").bearer(&key)).await.expect(200);
    let answer = host.send(get("/metrics").bearer(&key)).await.expect(200);
    assert!(answer.header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
    let text = answer.text();
    for line in [
        "lamphouse_http_requests_total{area=\"plugin\",class=\"2xx\"}",
        "lamphouse_http_request_seconds_bucket{area=\"plugin\"",
        "lamphouse_plugin_calls_total{plugin=\"probe\"} 41",
        "lamphouse_http_connections",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_costs_little_more_than_the_native_answer() {
    let host = Host::with_probe().await;
    let key = host.key("viewer").await;
    assert_eq!(host.send(get("/api/v1/ping").bearer(&key)).await.expect(200).text(), "pong");
    let (mut native, mut plugin) = (0_f64, 0_f64);
    for _ in 0..8 {
        native = native.max(per_second(&host, "/api/v1/ping", &key).await);
        plugin = plugin.max(per_second(&host, "/api/v1/p/probe/answers/hello", &key).await);
    }
    println!("native {native:.0}/s, plugin route with a fake plugin {plugin:.0}/s");
    // The fake costs next to nothing, so this is the price of the route alone. Generous: the machine may be busy.
    assert!(plugin > native * 0.4, "native {native:.0}/s, plugin {plugin:.0}/s");
    host.stop().await;
}

/// Requests answered in a second over one kept connection, measured for a moment.
async fn per_second(host: &Host, target: &str, key: &str) -> f64 {
    let mut stream = TcpStream::connect(host.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\n\r\n");
    let mut buffer = vec![0; 16_384];
    let mut count = 0_u32;
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(100) {
        stream.write_all(request.as_bytes()).await.unwrap();
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(buffer[..read].starts_with(b"HTTP/1.1 200"));
        count += 1;
    }
    f64::from(count) / began.elapsed().as_secs_f64()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_package_may_be_larger_than_other_bodies() {
    let host = Host::start().await;
    let key = host.key("admin").await;
    let upload = |target: &str, bytes: Vec<u8>| call("POST", target).bearer(&key).bytes("application/wasm", bytes);
    let report = host.send(upload("/api/v1/plugins?grant_all=true", vec![7; 3 << 20])).await.expect(201).json();
    assert_eq!(report["id"], "probe");
    assert_eq!(host.admin.last(), format!("install {} bytes, grant_all=true, by key:admin key", 3 << 20));
    host.send(upload("/api/v1/plugins", vec![7; (64 << 20) + 1])).await.expect(413);
    let inspected = host.send(upload("/api/v1/plugins/inspect", b"no package".to_vec())).await.expect(422);
    assert_eq!(inspected.code(), "package_invalid");
    assert_eq!(host.send(call("POST", "/api/v1/plugins").bearer(&key).bytes("text/plain", vec![1])).await.status, 415);
    host.stop().await;
}
