//! PostgreSQL over a network: encrypted, and only with the server whose certificate was asked for.

use lamp_core::clock::SystemClock;
use lamp_store::audit::Origin;
use lamp_store::testing::{Backend, new_postgres_database};
use lamp_store::{Store, StoreConfig, StoreResult};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// What a client sends that wants to be encrypted: length and code of `SSLRequest` (PostgreSQL protocol 3.0).
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Speaks for the tests' cluster at a port of `localhost`, to encrypted connections only.
struct Front {
    port: u16,
    database: String,
    folder: TempDir,
}

impl Front {
    async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let ours = certificate(folder.path(), "ours.pem");
        certificate(folder.path(), "other.pem");
        let url = new_postgres_database().await;
        let (server, database) = url.strip_prefix("postgres://postgres@").unwrap().split_once(":5432/").unwrap();
        let socket = PathBuf::from(server.replace("%2F", "/")).join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let front = Self { port: listener.local_addr().unwrap().port(), database: database.to_owned(), folder };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(relay(client, ours.clone(), socket.clone()));
            }
        });
        front
    }

    async fn open(&self, host: &str, mode: &str, certificate: &str) -> StoreResult<Store> {
        let (port, database) = (self.port, &self.database);
        let root = self.folder.path().join(certificate);
        let url = format!(
            "postgres://postgres@{host}:{port}/{database}?sslmode={mode}&sslrootcert={}",
            root.to_str().unwrap().replace('/', "%2F")
        );
        let config = StoreConfig { data_dir: self.folder.path().join("data"), database_url: Some(url) };
        Store::open(config, Arc::new(SystemClock)).await
    }
}

/// Writes a certificate for `localhost` and answers with it.
fn certificate(folder: &Path, name: &str) -> TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join(name), made.cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key);
    TlsAcceptor::from(Arc::new(config.unwrap()))
}

/// Ends when either side does, and at once for a client that does not ask for encryption.
async fn relay(mut client: TcpStream, acceptor: TlsAcceptor, socket: PathBuf) -> Option<()> {
    let mut first = [0; SSL_REQUEST.len()];
    client.read_exact(&mut first).await.ok()?;
    (first == SSL_REQUEST).then_some(())?;
    client.write_all(b"S").await.ok()?;
    let mut client = acceptor.accept(client).await.ok()?;
    let mut server = UnixStream::connect(socket).await.ok()?;
    copy_bidirectional(&mut client, &mut server).await.ok().map(drop)
}

#[tokio::test]
async fn postgres_is_reached_encrypted_and_only_when_it_is_the_right_one() {
    if !Backend::all().contains(&Backend::Postgres) {
        return;
    }
    let front = Front::start().await;
    let store = front.open("localhost", "verify-full", "ours.pem").await.unwrap();
    store.set_setting(&Origin::system(), "a", &json!(1)).await.unwrap();
    assert_eq!(store.setting("a").await.unwrap(), Some(json!(1)));
    for (host, mode, certificate, said) in [
        ("localhost", "verify-full", "other.pem", "certificate"),
        ("127.0.0.1", "verify-full", "ours.pem", "certificate"),
        ("localhost", "disable", "ours.pem", ""),
    ] {
        let error = front.open(host, mode, certificate).await.map(drop).unwrap_err().to_string();
        assert!(error.to_lowercase().contains(said), "{host} {mode} {certificate}: {error}");
    }
}
