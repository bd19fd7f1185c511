//! A hub and two sites as three processes, over the command line, HTTP and the tracker's port.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod client;
mod installation;
mod swarm;

use installation::{Installation, Server, wait_for};
use serde_json::{Value, json};
use swarm::{Announced, announce};

/// A hub with a tracker and a plugin that decides, and two sites that have joined it and wait.
struct Network {
    hub: Installation,
    server: Server,
    sites: [Site; 2],
    /// The link of each ends with its process.
    _running: Vec<Server>,
}

struct Site {
    id: String,
    port: u16,
}

impl Network {
    fn start() -> Self {
        let hub = Installation::new();
        hub.run(&["plugin", "install", installation::probe().to_str().unwrap(), "--grant-all"]);
        let server = hub.serve(&["--role", "hub", "--tracker", "127.0.0.1:0"]);
        let key = hub.run(&["site", "key", "create", "--sites", "2"]);
        let join = |name: &str| {
            let site = Installation::new();
            let running = site.serve(&["--role", "site"]);
            let url = format!("http://{}", server.address);
            site.run(&["site", "join", &url, "--key", key.trim(), "--name", name, "--location", "Here"]);
            site.keep_for(running)
        };
        let running = vec![join("rex"), join("odeon")];
        let listed = wait_for("both have shown that they live", 30, || {
            let listed = hub.sites();
            (listed.len() == 2 && listed.iter().all(|site| site["is_online"] == true)).then_some(listed)
        });
        assert!(listed.iter().all(|site| site["is_authorized"] == false), "nobody is let in by itself");
        let id = |name: &str| {
            let site = listed.iter().find(|site| site["name"] == name).unwrap();
            site["id"].as_str().unwrap().to_owned()
        };
        let sites = [Site { id: id("rex"), port: 7001 }, Site { id: id("odeon"), port: 7002 }];
        Self { hub, server, sites, _running: running }
    }

    fn authorize(&self, site: &Site) {
        self.hub.run(&["site", "authorize", &site.id]);
        wait_for("it is let in", 10, || self.announce_url(site).ok());
    }

    /// The announce URL, or the code of the error, as a plugin of the hub gets it.
    fn announce_url(&self, site: &Site) -> Result<String, String> {
        let subject = json!({ "subject": format!("server:{}", site.id) });
        let answer = self.server.post("/api/v1/p/probe/probe/call/admission/announce-url", &subject);
        match answer.get("ok") {
            Some(url) => Ok(url.as_str().unwrap().to_owned()),
            None => Err(answer["error"]["code"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()),
        }
    }

    fn announce(&self, site: &Site, url: &str) -> Announced {
        // The first time the plugin is asked may be longer than an announce waits.
        wait_for("a verdict", 10, || Some(announce(url, site.port)).filter(|answer| *answer != Announced::Later))
    }

    fn linked(&self) -> usize {
        let servers = self.server.get("/api/v1/servers");
        servers.as_array().unwrap().iter().filter(|server| server["is_linked"] == true).count()
    }
}

#[test]
fn sites_are_let_in_and_cut_off_one_by_one() {
    let network = Network::start();
    let [rex, odeon] = &network.sites;
    assert_eq!(network.announce_url(rex), Err("not-found".to_owned()), "who waits has no announce key");
    network.authorize(rex);
    network.authorize(odeon);
    let (first, second) = (network.announce_url(rex).unwrap(), network.announce_url(odeon).unwrap());
    assert_ne!(first, second, "each has a key of its own");
    assert_eq!(network.announce(rex, &first), Announced::Peers(vec![]));
    assert_eq!(network.announce(odeon, &second), Announced::Peers(vec![rex.port]));

    network.hub.run(&["site", "deauthorize", &odeon.id]);
    let told = wait_for("it is cut off", 5, || match announce(&second, odeon.port) {
        Announced::Refused(told) => Some(told),
        _ => None,
    });
    wait_for("its peer has left", 5, || (announce(&first, rex.port) == Announced::Peers(vec![])).then_some(()));
    assert_eq!(network.announce_url(odeon), Err("conflict".to_owned()));
    let stranger = first.replace("passkey=", "passkey=0");
    assert_eq!(network.announce(odeon, &stranger), Announced::Refused(told), "strangers hear the same");
    let seen = network.server.get("/api/v1/tracker/swarms");
    let refusals: Vec<&Value> = seen["refusals"].as_array().unwrap().iter().collect();
    let name = format!("server:{}", odeon.id);
    let has = |subject: Value, reason: &str| {
        refusals.iter().any(|one| one["subject"] == subject && one["reason"].as_str().unwrap().contains(reason))
    };
    assert!(has(json!(name), "is not authorised") && has(Value::Null, "belongs to nobody"), "{seen}");
    let metrics = network.server.text("/metrics");
    assert!(metrics.lines().any(|line| line.starts_with("lamphouse_tracker_announces_refused_total")), "{metrics}");

    network.authorize(odeon);
    let renewed = network.announce_url(odeon).unwrap();
    assert_ne!(renewed, second);
    assert!(matches!(network.announce(odeon, &second), Announced::Refused(_)), "the old key is nobody's");
    assert_eq!(network.announce(odeon, &renewed), Announced::Peers(vec![rex.port]));
}

#[test]
fn a_killed_hub_finds_its_sites_and_swarms_again() {
    let mut network = Network::start();
    network.authorize(&network.sites[0]);
    network.authorize(&network.sites[1]);
    let first = network.announce_url(&network.sites[0]).unwrap();
    let second = network.announce_url(&network.sites[1]).unwrap();
    assert_eq!(network.announce(&network.sites[0], &first), Announced::Peers(vec![]));
    wait_for("the swarm is written down", 30, || network.hub.file("swarms.json").filter(|text| text.contains("7001")));
    let (listen, tracker) = (network.server.address.clone(), network.server.tracker.clone().unwrap());
    network.server.kill();
    network.server = network.hub.serve(&["--listen", &listen, "--tracker", &tracker]);
    assert_eq!(network.announce(&network.sites[1], &second), Announced::Peers(vec![network.sites[0].port]));
    wait_for("both sites are back", 60, || (network.linked() == 2).then_some(()));
}

#[test]
fn without_a_plugin_that_decides_nobody_joins() {
    let hub = Installation::new();
    let server = hub.serve(&["--tracker", "127.0.0.1:0"]);
    let url = format!("http://{}/announce?passkey=abc", server.tracker.clone().unwrap());
    let told = wait_for("a verdict", 10, || match announce(&url, 7001) {
        Announced::Refused(told) => Some(told),
        _ => None,
    });
    assert!(told.contains("may not join"), "{told}");
    let seen = server.get("/api/v1/tracker/swarms");
    assert!(seen["refusals"][0]["reason"].as_str().unwrap().contains("no plugin decides"), "{seen}");
    assert_eq!(server.terminate().code(), Some(0));
}
