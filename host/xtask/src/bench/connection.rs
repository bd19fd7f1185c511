//! The smallest HTTP/1.1 client that keeps its connection: one request at a time, answers with a `Content-Length`.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A connection that always asks for the same.
pub struct Connection {
    stream: BufReader<TcpStream>,
    request: Vec<u8>,
    line: String,
    body: Vec<u8>,
}

impl Connection {
    /// Connects, to `GET` a path.
    pub fn open(address: &str, path: &str, key: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).with_context(|| format!("connect to {address}"))?;
        stream.set_nodelay(true).context("set up the connection")?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).context("set up the connection")?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\r\n");
        Ok(Self {
            stream: BufReader::new(stream),
            request: request.into_bytes(),
            line: String::new(),
            body: Vec::new(),
        })
    }

    /// Asks once. Shape: the status. Errors: the connection ends, or the answer does not say how long it is.
    pub fn ask(&mut self) -> Result<u16> {
        self.stream.get_mut().write_all(&self.request).context("send a request")?;
        let status = self.read_line()?.split(' ').nth(1).and_then(|word| word.parse().ok());
        let mut length = None;
        loop {
            let line = self.read_line()?;
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse::<usize>().ok();
            }
        }
        let (Some(status), Some(length)) = (status, length) else { bail!("an answer without status or length") };
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body).context("read an answer")?;
        Ok(status)
    }

    fn read_line(&mut self) -> Result<&str> {
        self.line.clear();
        if self.stream.read_line(&mut self.line).context("read an answer")? == 0 {
            bail!("the server closed the connection");
        }
        Ok(self.line.trim_end())
    }
}
