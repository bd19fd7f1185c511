//! Identity, registration keys, registered servers, durable messages.

use lamp_core::clock::UnixMs;
use lamp_core::event::NewEvent;
use lamp_core::id::ServerId;
use lamp_core::site::SiteRole;
use lamp_store::audit::{AuditFilter, Origin};
use lamp_store::registration_keys::{NewRegistrationKey, RegistrationKey};
use lamp_store::servers::{KEY_UNKNOWN, KEY_USED_UP, NewServer, ServerChange, SignOfLife};
use lamp_store::site_messages::Effect;
use lamp_store::sites::Membership;
use lamp_store::{Store, StoreError, on_each_database};
use serde_json::json;

const MAC: &str = "02:00:5e:10:00:01";

async fn key(store: &Store, name: &str, max_servers: u32) -> RegistrationKey {
    let new = NewRegistrationKey {
        key_hash: format!("hash of {name}"),
        prefix: name.to_owned(),
        max_servers,
        expires_at: Some(UnixMs(9_000)),
    };
    store.create_registration_key(&Origin::system(), new).await.unwrap()
}

fn server(mac: &str, public_key: Option<&str>) -> NewServer {
    NewServer {
        name: "Rex".to_owned(),
        location: "Berlin".to_owned(),
        api_url: String::new(),
        mac_address: mac.to_owned(),
        public_key: public_key.map(str::to_owned),
        secret_hash: public_key.is_none().then(|| format!("secret of {mac}")),
        capacity_bytes: Some(1),
    }
}

async fn registered(store: &Store, public_key: &str) -> ServerId {
    let key = key(store, public_key, 1).await;
    store.register_server(&Origin::system(), &key.key_hash, &server(MAC, Some(public_key))).await.unwrap().id
}

fn event(body: &str) -> Effect {
    Effect::Event(NewEvent {
        topic: "sites.message".to_owned(),
        source: None,
        target: None,
        payload: json!(body).to_string(),
        retain_key: None,
    })
}

async fn actions(store: &Store) -> Vec<String> {
    let rows = store.list_audit(&AuditFilter::default(), 50).await.unwrap();
    rows.into_iter().rev().map(|row| row.action).collect()
}

async fn heard(store: &Store) -> Vec<String> {
    let events = store.events_after(0, 100).await.unwrap();
    events.into_iter().filter(|event| event.topic == "sites.message").map(|event| event.payload).collect()
}

on_each_database! {
    async fn the_identity_is_made_once_and_keeps_its_role(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let first = store.site_identity([7; 32]).await.unwrap();
        assert_eq!((first.role, first.private_key.clone()), (SiteRole::Standalone, vec![7; 32]));
        assert!(!format!("{first:?}").contains("7, 7"), "the key stays out of logs");
        assert!(store.set_site_role(&Origin::system(), SiteRole::Hub).await.unwrap());
        assert!(!store.set_site_role(&Origin::system(), SiteRole::Hub).await.unwrap());
        let again = store.site_identity([8; 32]).await.unwrap();
        assert_eq!((again.site_id, again.private_key, again.role), (first.site_id, vec![7; 32], SiteRole::Hub));
        assert_eq!(actions(&store).await, ["site.identity", "site.role"]);
        assert_eq!(store.revision().await.unwrap(), 2);
    }

    async fn a_registration_needs_a_good_key_and_uses_it_up(database) {
        let (store, clock) = database.open_with_clock(UnixMs(1_000)).await;
        let origin = Origin::system();
        let refused = async |hash: &str, new: NewServer, constraint: &str| {
            let error = store.register_server(&origin, hash, &new).await.unwrap_err();
            assert!(error.is_conflict(constraint), "{error}");
        };
        refused("nothing", server(MAC, None), KEY_UNKNOWN).await;
        let one = key(&store, "one", 1).await;
        let first = store.register_server(&origin, &one.key_hash, &server(MAC, Some("aa"))).await.unwrap();
        assert!(first.is_new && !first.shares_mac && !first.is_authorized);
        refused(&one.key_hash, server("02:00:5e:10:00:02", Some("bb")), KEY_USED_UP).await;
        assert_eq!(store.list_servers().await.unwrap().len(), 1);
        let again = store.register_server(&origin, &one.key_hash, &server(MAC, Some("aa"))).await.unwrap();
        assert_eq!((again.id, again.is_new), (first.id, false), "its own server may come back");
        assert_eq!(store.find_registration_key("one").await.unwrap().unwrap().used, 1);
        clock.advance_ms(8_000);
        refused(&one.key_hash, server(MAC, Some("aa")), KEY_UNKNOWN).await;
        let two = store.create_registration_key(&origin, NewRegistrationKey {
            key_hash: "h2".to_owned(), prefix: "two".to_owned(), max_servers: 9, expires_at: None,
        }).await.unwrap();
        store.revoke_registration_key(&origin, &two.id).await.unwrap();
        refused("h2", server(MAC, None), KEY_UNKNOWN).await;
        assert_eq!(store.list_registration_keys().await.unwrap().len(), 2);
    }

    async fn one_key_lets_one_in_of_many_at_once(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let one = key(&store, "one", 1).await;
        let tries = (0..8).map(|index| {
            let (store, hash) = (store.clone(), one.key_hash.clone());
            tokio::spawn(async move {
                let new = server(&format!("02:00:5e:10:00:0{index}"), Some(&format!("key {index}")));
                store.register_server(&Origin::system(), &hash, &new).await
            })
        });
        let mut let_in = 0;
        for task in tries.collect::<Vec<_>>() {
            match task.await.unwrap() {
                Ok(registration) => let_in += i32::from(registration.is_new),
                Err(error) => assert!(error.is_conflict(KEY_USED_UP), "{error}"),
            }
        }
        assert_eq!((let_in, store.list_servers().await.unwrap().len()), (1, 1));
    }

    async fn a_mac_address_proves_nothing(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let origin = Origin::system();
        let many = key(&store, "many", 9).await.key_hash;
        let keyed = store.register_server(&origin, &many, &server(MAC, Some("aa"))).await.unwrap().id;
        let before = store.find_server(&keyed).await.unwrap().unwrap();
        // Without a key: the id, and no change.
        let mut clone = server(MAC, None);
        clone.name = "Impostor".to_owned();
        let answer = store.register_server(&origin, &many, &clone).await.unwrap();
        assert_eq!((&answer.id, answer.is_new), (&keyed, false));
        assert_eq!(store.find_server(&keyed).await.unwrap().unwrap(), before);
        assert_eq!(store.find_server_by_secret(&format!("secret of {MAC}")).await.unwrap(), None, "it gets no secret");
        // With another key: another server, which is told apart.
        let twin = store.register_server(&origin, &many, &server(MAC, Some("bb"))).await.unwrap();
        assert!(twin.is_new && twin.shares_mac && twin.id != keyed);
        // With the same key and another MAC: the same server.
        let moved = store.register_server(&origin, &many, &server("02:00:5e:10:00:09", Some("aa"))).await.unwrap();
        assert_eq!((&moved.id, moved.is_new), (&keyed, false));
        assert_eq!(store.find_server(&keyed).await.unwrap().unwrap().mac_address, "02:00:5e:10:00:09");
    }

    async fn servers_are_authorised_changed_and_removed(database) {
        let (store, clock) = database.open_with_clock(UnixMs(1_000)).await;
        let origin = Origin::new("user:ada");
        let id = registered(&store, "aa").await;
        clock.advance_ms(5);
        assert!(store.authorize_server(&origin, &id, true).await.unwrap());
        assert!(!store.authorize_server(&origin, &id, true).await.unwrap(), "nothing to change");
        let change = ServerChange { name: Some("Rex 2".to_owned()), location: None, capacity_bytes: Some(22_000_000_000_000) };
        let changed = store.change_server(&origin, &id, &change).await.unwrap();
        assert_eq!(store.find_server(&id).await.unwrap().unwrap(), changed);
        assert_eq!((changed.name.as_str(), changed.location.as_str(), changed.is_authorized), ("Rex 2", "Berlin", true));
        assert_eq!(changed.updated_at, UnixMs(1_005));
        let told = store.waiting_messages(&id, 0, 10).await.unwrap();
        assert_eq!((told.len(), told[0].kind.as_str()), (1, "settings"));
        let revision = store.revision().await.unwrap();
        let sign = |at, free| SignOfLife { at: UnixMs(at), free_bytes: free, clock_skew_ms: Some(-3), capacity_bytes: None };
        store.touch_servers(&[(id.clone(), sign(2_000, Some(7))), (ServerId::from("gone"), sign(1, None))]).await.unwrap();
        store.touch_servers(&[(id.clone(), sign(1_900, Some(9)))]).await.unwrap();
        let seen = store.find_server(&id).await.unwrap().unwrap();
        assert_eq!((seen.last_seen, seen.free_bytes, seen.clock_skew_ms), (Some(UnixMs(2_000)), Some(7), Some(-3)));
        assert_eq!(store.revision().await.unwrap(), revision, "a sign of life is no change of configuration");
        store.authorize_server(&origin, &id, false).await.unwrap();
        store.remove_server(&origin, &id).await.unwrap();
        assert!(store.remove_server(&origin, &id).await.unwrap_err().is_not_found());
        assert!(store.authorize_server(&origin, &id, true).await.unwrap_err().is_not_found());
        assert!(store.change_server(&origin, &id, &change).await.unwrap_err().is_not_found());
        assert_eq!(store.waiting_messages(&id, 0, 10).await.unwrap(), []);
        assert_eq!(actions(&store).await, [
            "registration_key.create", "server.register", "server.authorize", "server.change", "server.deauthorize",
            "server.remove",
        ]);
        let told = store.events_after(0, 50).await.unwrap();
        let changes: Vec<serde_json::Value> = told.iter().map(|event| serde_json::from_str::<serde_json::Value>(&event.payload).unwrap()["change"].clone()).collect();
        assert_eq!(changes, ["registered", "authorized", "changed", "deauthorized", "removed"]);
    }

    async fn messages_have_their_effect_once(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let id = registered(&store, "aa").await;
        store.open_site_channel(&id, None, Some("s1")).await.unwrap();
        let receive = async |first, bodies: &[&str]| {
            store.receive_messages(&id, "s1", first, bodies.iter().map(|body| event(body)).collect()).await
        };
        assert_eq!(receive(1, &["a", "b"]).await.unwrap(), 2);
        assert_eq!(receive(1, &["a", "b"]).await.unwrap(), 2, "again");
        assert_eq!(receive(2, &["b", "c"]).await.unwrap(), 3, "half of it again");
        assert!(matches!(receive(5, &["e"]).await.unwrap_err(), StoreError::Invalid(_)), "number 4 is missing");
        let other = store.receive_messages(&id, "s2", 4, vec![event("d")]).await.unwrap_err();
        assert!(matches!(other, StoreError::Invalid(_)), "a stream that nobody announced");
        assert_eq!(heard(&store).await, ["\"a\"", "\"b\"", "\"c\""]);
        let report = Effect::Report { version: "1.2.3".to_owned(), plugins: "[]".to_owned() };
        assert_eq!(store.receive_messages(&id, "s1", 4, vec![report]).await.unwrap(), 4);
        assert_eq!(store.find_server(&id).await.unwrap().unwrap().version.as_deref(), Some("1.2.3"));
        assert_eq!(store.open_site_channel(&id, None, Some("s1")).await.unwrap().received, 4);
        assert_eq!(store.open_site_channel(&id, None, Some("s2")).await.unwrap().received, 0, "a new stream");
    }

    async fn messages_wait_until_they_are_acknowledged(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let id = ServerId::from("me");
        let mut woken = store.watch(lamp_store::Signal::Messages);
        for body in ["1", "2", "3"] {
            store.send_site_message(&id, "k", body).await.unwrap();
        }
        assert!(woken.has_changed().unwrap());
        woken.mark_unchanged();
        let sequences = async |after| {
            let waiting = store.waiting_messages(&id, after, 10).await.unwrap();
            waiting.into_iter().map(|message| (message.sequence, message.body)).collect::<Vec<_>>()
        };
        assert_eq!(sequences(1).await, [(2, "2".to_owned()), (3, "3".to_owned())]);
        let channel = store.open_site_channel(&id, None, None).await.unwrap();
        assert_eq!((channel.sent, channel.acknowledged), (3, 0));
        store.acknowledge_messages(&id, "another stream", 3).await.unwrap();
        store.acknowledge_messages(&id, &channel.stream, 9).await.unwrap();
        assert_eq!(sequences(0).await.len(), 3, "nothing of this stream was acknowledged");
        store.acknowledge_messages(&id, &channel.stream, 2).await.unwrap();
        store.acknowledge_messages(&id, &channel.stream, 1).await.unwrap();
        assert_eq!(sequences(0).await, [(3, "3".to_owned())]);
        let channel = store.open_site_channel(&id, Some((&channel.stream, 3)), None).await.unwrap();
        assert_eq!((channel.acknowledged, sequences(0).await.len()), (3, 0), "a session begins with what arrived");
        let large = "x".repeat(lamp_store::site_messages::MAX_BODY_BYTES + 1);
        assert!(matches!(store.send_site_message(&id, "k", &large).await.unwrap_err(), StoreError::Limit(_)));
    }

    async fn an_older_backup_begins_a_new_stream_and_loses_nothing_that_waits(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        for (index, remembered) in [Some((true, 1)), Some((true, 9)), Some((false, 2)), None].into_iter().enumerate() {
            let id = ServerId::from(format!("site {index}"));
            for body in ["1", "2", "3", "4"] {
                store.send_site_message(&id, "k", body).await.unwrap();
            }
            let before = store.open_site_channel(&id, None, None).await.unwrap();
            store.acknowledge_messages(&id, &before.stream, 2).await.unwrap();
            let peer = remembered.map(|(same, received)| (if same { before.stream.as_str() } else { "other" }, received));
            let now = store.open_site_channel(&id, peer, None).await.unwrap();
            assert_ne!(now.stream, before.stream, "{peer:?}");
            let waiting = store.waiting_messages(&id, 0, 10).await.unwrap();
            let waiting: Vec<_> = waiting.iter().map(|one| (one.sequence, one.body.as_str())).collect();
            assert_eq!((now.sent, now.acknowledged, waiting), (2, 0, vec![(1, "3"), (2, "4")]), "{peer:?}");
        }
    }

    async fn a_site_knows_its_hub_and_reports_only_changes(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        assert_eq!(store.membership().await.unwrap(), None);
        let joined = Membership {
            hub_url: "http://hub:10858".to_owned(), hub_id: "h".to_owned(), hub_key: "k".to_owned(),
            server_id: ServerId::from("me"), name: "Rex".to_owned(), location: "Berlin".to_owned(), is_authorized: false,
            joined_at: UnixMs(1_000), last_contact_at: None, clock_skew_ms: None, reported: None,
        };
        store.join_hub(&Origin::system(), &joined).await.unwrap();
        assert_eq!(store.membership().await.unwrap(), Some(joined.clone()));
        assert!(store.send_report(&joined.server_id, "{}").await.unwrap());
        assert!(!store.send_report(&joined.server_id, "{}").await.unwrap(), "the hub knows");
        store.note_hub_contact(true, 40).await.unwrap();
        store.open_site_channel(&joined.server_id, None, Some("hub")).await.unwrap();
        let settings = Effect::Settings { name: "Rex 2".to_owned(), location: "Bonn".to_owned() };
        store.receive_messages(&joined.server_id, "hub", 1, vec![settings]).await.unwrap();
        let now = store.membership().await.unwrap().unwrap();
        assert_eq!((now.name.as_str(), now.location.as_str(), now.is_authorized), ("Rex 2", "Bonn", true));
        assert_eq!((now.last_contact_at, now.clock_skew_ms), (Some(UnixMs(1_000)), Some(40)));
        store.join_hub(&Origin::system(), &joined).await.unwrap();
        assert_eq!(store.waiting_messages(&joined.server_id, 0, 10).await.unwrap().len(), 1, "the same hub again");
        let elsewhere = Membership { server_id: ServerId::from("other"), ..joined.clone() };
        store.join_hub(&Origin::system(), &elsewhere).await.unwrap();
        assert_eq!(store.waiting_messages(&joined.server_id, 0, 10).await.unwrap(), []);
        assert_eq!(store.membership().await.unwrap(), Some(elsewhere));
    }
}
