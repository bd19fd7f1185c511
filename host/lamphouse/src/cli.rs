//! The command line. The help texts are its documentation.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Media operations in one binary: every feature is a sandboxed plugin.
#[derive(Parser)]
#[command(version, about, propagate_version = true)]
pub struct Cli {
    /// Data folder: database, plugins' data, compiled code.
    #[arg(long, global = true, env = "LAMPHOUSE_DATA", default_value = "lamphouse-data")]
    pub data: PathBuf,
    /// What to log, `info` or `lamp_http=debug,warn`.
    #[arg(long, global = true, env = "LAMPHOUSE_LOG")]
    pub log: Option<String>,
    /// Shape of log lines.
    #[arg(long, global = true, env = "LAMPHOUSE_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Subcommand)]
pub enum Command {
    /// Run the server until it is told to stop.
    Serve(Serve),
    /// Accounts of people.
    #[command(subcommand)]
    User(User),
    /// API keys of programs.
    #[command(subcommand)]
    Key(Key),
    /// Folders that plugins may be granted.
    #[command(subcommand)]
    Mount(Mount),
    /// Plugins, their grants and their configuration.
    #[command(subcommand)]
    Plugin(Plugin),
    /// Background jobs.
    #[command(subcommand)]
    Job(Job),
    /// Sites: registered at this hub, or this site's own hub.
    #[command(subcommand)]
    Site(Site),
    /// Torrent files; needs no server and no data folder.
    #[command(subcommand)]
    Torrent(Torrent),
    /// Look whether everything is in order.
    Doctor,
}

#[derive(Args)]
pub struct Serve {
    /// Address and port; port 0 takes a free one and prints it.
    #[arg(long, env = "LAMPHOUSE_LISTEN", default_value = "127.0.0.1:10858")]
    pub listen: SocketAddr,
    /// Part in the network: hub, site or standalone. Remembered; standalone unless it was ever given.
    #[arg(long, env = "LAMPHOUSE_ROLE", value_enum)]
    pub role: Option<Role>,
    /// Address and port of the BitTorrent tracker, HTTP and UDP; port 0 takes a free one and prints it. A hub without this
    /// has one on port 10859 of the address of `--listen`, and nobody else has one.
    #[arg(long, env = "LAMPHOUSE_TRACKER")]
    pub tracker: Option<SocketAddr>,
    /// Where clients reach the tracker, `http://HOST:PORT`, as announce addresses say it; without this, the address that it
    /// listens on.
    #[arg(long, env = "LAMPHOUSE_TRACKER_URL", value_parser = tracker_url)]
    pub tracker_url: Option<String>,
    /// Start no plugin.
    #[arg(long)]
    pub safe_mode: bool,
    /// Name of this site, shown in the title.
    #[arg(long, env = "LAMPHOUSE_SITE_NAME", default_value = "Lamphouse")]
    pub site_name: String,
    /// Accept only this name in `Host`; may be given several times. Every name is accepted otherwise.
    #[arg(long = "allowed-host", env = "LAMPHOUSE_ALLOWED_HOSTS", value_delimiter = ',')]
    pub allowed_hosts: Vec<String>,
    /// Believe `X-Forwarded-For` and `X-Forwarded-Proto` from this address; may be given several times.
    #[arg(long = "trusted-proxy", env = "LAMPHOUSE_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Requests a second that one session, or one network that is not signed in, may make for long; 0 for no limit. API
    /// keys may make a hundred times as many.
    #[arg(long, env = "LAMPHOUSE_REQUESTS_PER_SECOND", default_value_t = 200)]
    pub requests_per_second: u32,
}

/// Checks the address of a tracker; a slash at its end is dropped.
fn tracker_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    let host = ["http://", "https://", "udp://"].into_iter().find_map(|scheme| url.strip_prefix(scheme));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ']) => Ok(url.to_owned()),
        _ => Err("give http://HOST:PORT, https://HOST or udp://HOST:PORT, without a path".to_owned()),
    }
}

/// Part in the network.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Sites register here.
    Hub,
    /// Joins a hub with `site join`.
    Site,
    /// One machine that is both.
    Standalone,
}

#[derive(Subcommand)]
pub enum User {
    /// Add an account; the password is read from standard input.
    Add {
        /// Sign-in name.
        name: String,
        /// admin, operator, engineer, colorist or viewer.
        #[arg(long)]
        role: String,
        /// Read the password from the first line of standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// List accounts.
    List,
}

#[derive(Subcommand)]
pub enum Key {
    /// Make a key and print it; it cannot be read again.
    Create {
        /// admin, operator, engineer, colorist or viewer.
        #[arg(long)]
        role: String,
        /// Label shown in lists.
        #[arg(long, default_value = "command line")]
        name: String,
    },
    /// List keys, without their secrets.
    List,
    /// Revoke a key.
    Revoke {
        /// Its id, from `key list`.
        id: String,
    },
}

#[derive(Subcommand)]
pub enum Mount {
    /// Name a folder so that plugins can be granted it.
    Add {
        /// Name: a-z, 0-9 and hyphens.
        name: String,
        /// The folder.
        path: PathBuf,
        /// What may be granted: a list of read, write, delete and watch.
        #[arg(long, default_value = "read,watch")]
        rights: String,
    },
    /// List mounts.
    List,
    /// Remove a mount; the folder stays as it is.
    Remove {
        /// Its name.
        name: String,
    },
}

#[derive(Subcommand)]
pub enum Plugin {
    /// Install a package file, or replace an older version. One that needs more than the installed version waits for
    /// `plugin approve`, and the installed version keeps running.
    Install {
        /// A `.lamp.wasm` file.
        file: PathBuf,
        /// Grant everything it asks for.
        #[arg(long)]
        grant_all: bool,
    },
    /// List plugins with their grants.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Install the version that waits, and grant what it asks for beyond the installed one.
    Approve {
        /// Plugin.
        id: String,
        /// The version that was looked at, as `plugin list` shows it.
        version: String,
    },
    /// Drop the version that waits; the installed one stays.
    Reject {
        /// Plugin.
        id: String,
    },
    /// Grant what the manifest asks for: one interface, or all of them.
    Grant {
        /// Plugin.
        id: String,
        /// Interface, `lamphouse:files`; all without it.
        interface: Option<String>,
        /// Only this much: `NAME=RIGHT,RIGHT`; may be given several times.
        #[arg(long, requires = "interface")]
        allow: Vec<String>,
    },
    /// Take a grant back; takes effect on the next call.
    Revoke {
        /// Plugin.
        id: String,
        /// Interface, `lamphouse:files`.
        interface: String,
    },
    /// Switch a plugin off.
    Disable {
        /// Plugin.
        id: String,
    },
    /// Switch a plugin on.
    Enable {
        /// Plugin.
        id: String,
    },
    /// Remove a plugin; its data is kept unless it is purged.
    Uninstall {
        /// Plugin.
        id: String,
        /// Erase its data as well.
        #[arg(long)]
        purge: bool,
    },
    /// Show a plugin's newest log lines.
    Logs {
        /// Plugin.
        id: String,
        /// Lines.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Show or set configuration.
    #[command(subcommand)]
    Config(PluginConfig),
}

#[derive(Subcommand)]
pub enum PluginConfig {
    /// Show the values that are set.
    Show {
        /// Plugin.
        id: String,
    },
    /// Set a value: JSON, or else text. `KEY=` removes it.
    Set {
        /// Plugin.
        id: String,
        /// `KEY=VALUE`; may be given several times.
        #[arg(required = true)]
        values: Vec<String>,
    },
}

#[derive(Subcommand)]
pub enum Job {
    /// List jobs, newest first.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
        /// Only of this plugin.
        #[arg(long)]
        plugin: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Ask a job to end.
    Cancel {
        /// Its id.
        id: String,
    },
    /// Run a job that has ended again.
    Retry {
        /// Its id.
        id: String,
    },
}

#[derive(Subcommand)]
pub enum Site {
    /// Registration keys (hub).
    #[command(subcommand)]
    Key(SiteKey),
    /// List registered sites (hub).
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Let a site in (hub).
    Authorize {
        /// Its id, from `site list`.
        id: String,
    },
    /// Cut a site off, everywhere within a minute (hub).
    Deauthorize {
        /// Its id, from `site list`.
        id: String,
    },
    /// Register this site at a hub; an admin there must authorise it then (site).
    Join {
        /// The hub's address, such as http://hub.example:10858.
        hub_url: String,
        /// A key from `site key create` on the hub.
        #[arg(long, env = "LAMPHOUSE_REGISTRATION_KEY", hide_env_values = true)]
        key: String,
        /// Name of this site.
        #[arg(long)]
        name: String,
        /// Where it stands, in words.
        #[arg(long)]
        location: String,
    },
}

#[derive(Subcommand)]
pub enum SiteKey {
    /// Make a key and print it; it cannot be read again.
    Create {
        /// So many sites may register with it.
        #[arg(long, default_value_t = 1)]
        sites: u32,
        /// It ends after so many days.
        #[arg(long, default_value_t = 30)]
        days: u32,
    },
    /// List keys, without their secrets.
    List,
    /// Revoke a key; sites that registered with it stay.
    Revoke {
        /// Its id, from `site key list`.
        id: String,
    },
}

#[derive(Subcommand)]
pub enum Torrent {
    /// Make a private torrent of a folder or file. The same files give the same info hash on every machine.
    Create {
        /// The folder, or a single file. Links and names that other systems misread are refused by name.
        folder: PathBuf,
        /// The torrent file to write.
        #[arg(long)]
        out: PathBuf,
        /// Bytes of a piece: a power of two from 16384 to 33554432. Chosen by the size of the files without it.
        #[arg(long)]
        piece_size: Option<u64>,
        /// Address of the tracker: `http://HOST:PORT/announce`, https:// or udp://.
        #[arg(long)]
        announce: Option<String>,
        /// Replace the torrent file if it is there.
        #[arg(long)]
        force: bool,
    },
    /// Show what a torrent file says, after checking it.
    Show {
        /// A `.torrent` file.
        file: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}
