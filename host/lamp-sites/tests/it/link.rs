//! The link at work.

use crate::world::{Machine, asked, joined, until};
use lamp_core::site::SiteRole;
use lamp_sites::{SitesError, join};
use lamp_store::audit::Origin;
use lamp_store::servers::ServerChange;
use lamp_store::testing::Backend;
use std::sync::atomic::Ordering;

/// Runs a check on SQLite, and on PostgreSQL unless that is left out.
macro_rules! on_both {
    ($(async fn $name:ident($backend:ident) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn check($backend: Backend) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                check(Backend::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if Backend::all().contains(&Backend::Postgres) {
                    check(Backend::Postgres).await;
                }
            }
        }
    )*};
}

on_both! {
    async fn a_site_joins_is_let_in_and_reports(backend) {
        let (hub, site, _network, id) = joined(backend).await;
        until("a link", async || hub.sites.find(&id).await.unwrap().is_linked).await;
        let view = hub.sites.find(&id).await.unwrap();
        assert_eq!((view.server.name.as_str(), view.server.is_authorized, view.is_online), ("Rex", false, true));
        assert_eq!(view.server.public_key, Some(site.sites.identity().public_key()));
        until("space", async || hub.sites.find(&id).await.unwrap().server.free_bytes == Some(700)).await;
        assert!(view.server.clock_skew_ms.unwrap().abs() < 5_000);
        assert_eq!(view.server.version, None, "nothing passes before it is let in");
        assert_eq!(site.sites.role(), SiteRole::Site);
        hub.sites.authorize(&Origin::system(), &id, true).await.unwrap();
        until("the report", async || hub.sites.find(&id).await.unwrap().server.version.as_deref() == Some("1.2.3")).await;
        until("the site knows", async || site.store.membership().await.unwrap().unwrap().is_authorized).await;
        let change = ServerChange { name: Some("Rex 2".to_owned()), ..ServerChange::default() };
        hub.sites.change(&Origin::system(), &id, &change).await.unwrap();
        until("the new name", async || site.store.membership().await.unwrap().unwrap().name == "Rex 2").await;
        until("acknowledged", async || hub.store.waiting_messages(&id, 0, 9).await.unwrap().is_empty()).await;
        site.stop().await;
        until("the link is gone", async || !hub.sites.find(&id).await.unwrap().is_linked).await;
        hub.stop().await;
    }

    async fn messages_come_once_and_in_order_through_outages(backend) {
        let (hub, site, network, id) = joined(backend).await;
        hub.sites.authorize(&Origin::system(), &id, true).await.unwrap();
        until("a link", async || site.store.membership().await.unwrap().unwrap().is_authorized).await;
        for number in 0..120 {
            site.store.send_site_message(&id, "note", &number.to_string()).await.unwrap();
            hub.store.send_site_message(&id, "note", &format!("{number}")).await.unwrap();
            if number % 30 == 15 {
                network.cut();
            }
        }
        let expected: Vec<String> = (0..120).map(|number| number.to_string()).collect();
        until("everything at the hub", async || hub.heard().await.len() >= 120).await;
        until("everything at the site", async || site.heard().await.len() >= 120).await;
        assert_eq!(hub.heard().await, expected);
        assert_eq!(site.heard().await, expected);
        for machine in [&hub, &site] {
            until("acknowledged", async || machine.store.waiting_messages(&id, 0, 9).await.unwrap().is_empty()).await;
        }
        site.stop().await;
        hub.stop().await;
    }

    async fn what_a_site_sent_while_it_and_the_hub_were_away_arrives(backend) {
        let (hub, site, network, id) = joined(backend).await;
        hub.sites.authorize(&Origin::system(), &id, true).await.unwrap();
        until("a report", async || hub.sites.find(&id).await.unwrap().server.version.is_some()).await;
        network.set_down(true);
        for number in 0..5 {
            site.store.send_site_message(&id, "note", &number.to_string()).await.unwrap();
        }
        // Both restart meanwhile, and remember only what their stores do.
        let (site_database, hub_database) = (site.stop().await, hub.stop().await);
        let (hub, mut site) = (Machine::start_on(hub_database).await, Machine::start_on(site_database).await);
        network.replace(&hub.sites);
        network.set_down(false);
        site.keep_link(&network);
        until("everything", async || hub.heard().await.len() == 5).await;
        assert_eq!(hub.heard().await, ["0", "1", "2", "3", "4"]);
        site.stop().await;
        hub.stop().await;
    }

    async fn a_site_that_is_cut_off_or_removed_sends_nothing_more(backend) {
        let (hub, site, network, id) = joined(backend).await;
        hub.sites.authorize(&Origin::system(), &id, true).await.unwrap();
        until("a report", async || hub.sites.find(&id).await.unwrap().server.version.is_some()).await;
        // By another process: only the database knows.
        hub.store.authorize_server(&Origin::new("cli:ada"), &id, false).await.unwrap();
        until("the site knows", async || !site.store.membership().await.unwrap().unwrap().is_authorized).await;
        site.store.send_site_message(&id, "note", "1").await.unwrap();
        assert!(hub.sites.find(&id).await.unwrap().is_linked, "it may still report that it lives");
        hub.sites.authorize(&Origin::system(), &id, true).await.unwrap();
        until("it goes on where it stopped", async || hub.heard().await == ["1"]).await;
        hub.sites.remove(&Origin::system(), &id).await.unwrap();
        until("the link is gone", async || hub.sites.find(&id).await.is_err()).await;
        let dialled = network.dialled.load(Ordering::SeqCst);
        until("the site asks again", async || network.dialled.load(Ordering::SeqCst) > dialled).await;
        assert!(matches!(hub.sites.find(&id).await, Err(SitesError::UnknownServer(_))), "asking lets nobody in");
        // A new key, and it is here again.
        let again = join(&site.store, &Origin::system(), &network, &asked(&hub.key().await)).await.unwrap();
        assert_ne!(again.server_id, id);
        until("a link", async || hub.sites.find(&again.server_id).await.unwrap().is_linked).await;
        site.stop().await;
        hub.stop().await;
    }
}
