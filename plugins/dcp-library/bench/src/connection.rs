//! The smallest HTTP/1.1 client that keeps its connection: one request at a time, answers with a `Content-Length`.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A connection with a key.
pub struct Connection {
    stream: BufReader<TcpStream>,
    headers: String,
}

impl Connection {
    /// Connects.
    pub fn open(address: &str, key: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).with_context(|| format!("connect to {address}"))?;
        stream.set_nodelay(true).context("set up the connection")?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).context("set up the connection")?;
        let headers = format!("host: {address}\r\nauthorization: Bearer {key}\r\ncontent-length: 0\r\n\r\n");
        Ok(Self { stream: BufReader::new(stream), headers })
    }

    /// Body of a successful answer.
    pub fn ask(&mut self, method: &str, path: &str) -> Result<Vec<u8>> {
        let request = format!("{method} {path} HTTP/1.1\r\n{}", self.headers);
        self.stream.get_mut().write_all(request.as_bytes()).context("send a request")?;
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|word| word.parse::<u16>().ok());
        let mut length = 0;
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().context("read the length of an answer")?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).context("read an answer")?;
        match status {
            Some(200..=299) => Ok(body),
            _ => bail!("{method} {path}: {first}: {}", String::from_utf8_lossy(&body)),
        }
    }

    /// JSON of a successful answer.
    pub fn json(&mut self, method: &str, path: &str) -> Result<Value> {
        let body = self.ask(method, path)?;
        serde_json::from_slice(&body).with_context(|| format!("{method} {path} answers no JSON"))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).context("read an answer")? == 0 {
            bail!("the server closed the connection");
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }
}
