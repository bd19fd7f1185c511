//! HTTP announces, on kept connections or on one each.

use crate::{PEERS, TORRENTS, info_hash};
use anyhow::{Result, bail};
use rand::Rng;
use std::fmt::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const CONNECTIONS: usize = 64;

/// Announces for `time`. Shape: answers.
pub fn load(tracker: SocketAddr, path: &str, keep: bool, time: Duration) -> Result<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let until = Instant::now() + time;
        let mut clients = JoinSet::new();
        for _ in 0..CONNECTIONS {
            clients.spawn(client(tracker, path.to_owned(), keep, until));
        }
        let mut answers = 0;
        while let Some(client) = clients.join_next().await {
            answers += client??;
        }
        Ok(answers)
    })
}

async fn client(tracker: SocketAddr, path: String, keep: bool, until: Instant) -> Result<u64> {
    let (mut answers, mut buffer) = (0, vec![0; 16_384]);
    let mut stream = TcpStream::connect(tracker).await?;
    while Instant::now() < until {
        stream.write_all(request(&path)?.as_bytes()).await?;
        let mut length = 0;
        loop {
            let count = stream.read(&mut buffer[length..]).await?;
            length += count;
            if is_whole(&buffer[..length]) {
                break;
            }
            if count == 0 {
                bail!("the connection ended: {}", String::from_utf8_lossy(&buffer[..length]));
            }
        }
        answers += 1;
        if !keep {
            stream = TcpStream::connect(tracker).await?;
        }
    }
    Ok(answers)
}

fn request(path: &str) -> Result<String> {
    let peer = rand::rng().random_range(0..PEERS);
    let torrent = u16::try_from(peer % u32::from(TORRENTS))?;
    let port = peer / u32::from(TORRENTS) + 1_000;
    let mut text = format!("GET {path}{}info_hash=", if path.contains('?') { '&' } else { '?' });
    for byte in info_hash(torrent).0 {
        write!(text, "%{byte:02x}")?;
    }
    write!(
        text,
        "&peer_id=-LH0100-{peer:012}&port={port}&uploaded=0&downloaded=0&left={}&numwant=30&compact=1 HTTP/1.1\r\n\
         Host: tracker\r\n\r\n",
        u8::from(peer % 4 > 0)
    )?;
    Ok(text)
}

/// Whether head and body are there. An answer of the trackers here is a dictionary.
fn is_whole(answer: &[u8]) -> bool {
    let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
    let length =
        text.split("content-length:").nth(1).and_then(|rest| rest.lines().next()?.trim().parse::<usize>().ok());
    length.is_some_and(|length| answer.len() >= head + 4 + length)
}
