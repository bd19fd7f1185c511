//! Accounts, sessions, API keys and the first setup.

use lamp_core::clock::UnixMs;
use lamp_core::id::{ApiKeyId, SessionId, UserId};
use lamp_store::api_keys::NewApiKey;
use lamp_store::audit::Origin;
use lamp_store::sessions::{NewSession, Session, SessionKind};
use lamp_store::users::{LAST_ADMIN, NAME_TAKEN, NewUser, UserChange};
use lamp_store::{Store, StoreError, on_each_database};

fn new_user(name: &str, role: &str) -> NewUser {
    NewUser { name: name.to_owned(), password_hash: "old".to_owned(), role: role.to_owned() }
}

async fn sign_in(store: &Store, user: &UserId, token_hash: &str) -> Result<Session, StoreError> {
    let new = NewSession {
        user: user.clone(),
        token_hash: token_hash.to_owned(),
        kind: SessionKind::Cookie,
        expires_at: UnixMs(10_000),
        user_agent: Some("browser".to_owned()),
        ip: None,
    };
    store.create_session(&Origin::new("user:ada"), new).await
}

on_each_database! {
    async fn accounts_are_kept_and_found_whatever_the_case(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let origin = Origin::system();
        let ada = store.create_user(&origin, new_user("Ada", "admin")).await.unwrap();
        let error = store.create_user(&origin, new_user("aDA", "viewer")).await.unwrap_err();
        assert!(error.is_conflict(NAME_TAKEN), "{error}");
        assert_eq!(store.find_user_by_name("ADA").await.unwrap().as_ref(), Some(&ada));
        assert_eq!(store.find_user(&ada.id).await.unwrap().as_ref(), Some(&ada));
        assert_eq!(store.find_user_by_name("bob").await.unwrap(), None);
        store.create_user(&origin, new_user("Émile", "viewer")).await.unwrap();
        assert!(store.find_user_by_name("émile").await.unwrap().is_some());
        let names: Vec<String> = store.list_users().await.unwrap().into_iter().map(|user| user.name).collect();
        assert_eq!(names, ["Ada", "Émile"]);
        assert_eq!(store.count_users().await.unwrap(), 2);
    }

    async fn changes_end_the_sessions_they_should(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let origin = Origin::system();
        store.create_user(&origin, new_user("root", "admin")).await.unwrap();
        let ada = store.create_user(&origin, new_user("ada", "viewer")).await.unwrap();
        let first = sign_in(&store, &ada.id, "h1").await.unwrap();
        let second = sign_in(&store, &ada.id, "h2").await.unwrap();
        assert_eq!(store.find_user(&ada.id).await.unwrap().unwrap().last_sign_in_at, Some(UnixMs(1_000)));

        let change = UserChange { password_hash: Some("new".to_owned()), ..UserChange::default() };
        let changed = store.change_user(&origin, &ada.id, change, Some(&second.id)).await.unwrap();
        assert_eq!(changed.password_hash, "new");
        assert_eq!(store.find_session(&first.token_hash).await.unwrap(), None);
        assert_eq!(store.find_session(&second.token_hash).await.unwrap().as_ref(), Some(&second));

        let change = UserChange { role: Some("operator".to_owned()), ..UserChange::default() };
        store.change_user(&origin, &ada.id, change, Some(&second.id)).await.unwrap();
        assert_eq!(store.list_sessions(&ada.id).await.unwrap(), [], "a new role needs a new sign-in");

        sign_in(&store, &ada.id, "h3").await.unwrap();
        let off = UserChange { disabled: Some(true), ..UserChange::default() };
        assert!(store.change_user(&origin, &ada.id, off, None).await.unwrap().disabled);
        assert_eq!(store.find_session("h3").await.unwrap(), None);
        let error = sign_in(&store, &ada.id, "h4").await.unwrap_err();
        assert!(error.is_not_found(), "a disabled account signs in: {error}");

        let nobody = UserId::generate();
        assert!(store.change_user(&origin, &nobody, UserChange::default(), None).await.unwrap_err().is_not_found());
        assert!(store.delete_user(&origin, &nobody).await.unwrap_err().is_not_found());
    }

    async fn a_rehash_ends_no_session_and_loses_to_a_new_password(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let ada = store.create_user(&Origin::system(), new_user("ada", "admin")).await.unwrap();
        sign_in(&store, &ada.id, "h").await.unwrap();
        store.rehash_password(&ada.id, "old", "stronger").await.unwrap();
        store.rehash_password(&ada.id, "old", "late").await.unwrap();
        assert_eq!(store.find_user(&ada.id).await.unwrap().unwrap().password_hash, "stronger");
        assert!(store.find_session("h").await.unwrap().is_some());
    }

    async fn the_last_enabled_admin_stays(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let origin = Origin::system();
        let ada = store.create_user(&origin, new_user("ada", "admin")).await.unwrap();
        let bob = store.create_user(&origin, new_user("bob", "admin")).await.unwrap();
        let demote = || UserChange { role: Some("viewer".to_owned()), ..UserChange::default() };
        let disable = || UserChange { disabled: Some(true), ..UserChange::default() };
        // Two admins demote each other at the same time: one stays.
        let (first, second) = tokio::join!(
            store.change_user(&origin, &ada.id, demote(), None),
            store.change_user(&origin, &bob.id, demote(), None),
        );
        let refused: Vec<StoreError> = [first.err(), second.err()].into_iter().flatten().collect();
        assert!(matches!(refused.as_slice(), [error] if error.is_conflict(LAST_ADMIN)), "{refused:?}");
        let last = store.list_users().await.unwrap().into_iter().find(|user| user.role == "admin").unwrap();
        assert!(store.change_user(&origin, &last.id, disable(), None).await.unwrap_err().is_conflict(LAST_ADMIN));
        assert!(store.delete_user(&origin, &last.id).await.unwrap_err().is_conflict(LAST_ADMIN));
        assert!(!store.find_user(&last.id).await.unwrap().unwrap().disabled);
        let other = if last.id == ada.id { &bob } else { &ada };
        store.delete_user(&origin, &other.id).await.unwrap();
        assert_eq!(store.count_users().await.unwrap(), 1);
    }

    async fn sessions_are_kept_seen_and_ended(database) {
        let (store, clock) = database.open_with_clock(UnixMs(1_000)).await;
        let origin = Origin::new("user:ada");
        let ada = store.create_user(&Origin::system(), new_user("ada", "admin")).await.unwrap();
        let bob = store.create_user(&Origin::system(), new_user("bob", "viewer")).await.unwrap();
        let one = sign_in(&store, &ada.id, "one").await.unwrap();
        let error = sign_in(&store, &ada.id, "one").await.unwrap_err();
        assert!(error.is_conflict("session_token_hash"), "{error}");
        clock.advance_ms(10);
        let two = sign_in(&store, &ada.id, "two").await.unwrap();
        assert_eq!(store.list_sessions(&ada.id).await.unwrap(), [two.clone(), one.clone()]);

        store.touch_sessions(&[(one.id.clone(), UnixMs(5_000)), (two.id.clone(), UnixMs(1))]).await.unwrap();
        assert_eq!(store.find_session("one").await.unwrap().unwrap().last_seen_at, UnixMs(5_000));
        assert_eq!(store.find_session("two").await.unwrap().unwrap().last_seen_at, UnixMs(1_010), "never back");

        let error = store.delete_session(&origin, &bob.id, &one.id).await.unwrap_err();
        assert!(error.is_not_found(), "another account's session: {error}");
        assert!(store.delete_session(&origin, &ada.id, &SessionId::generate()).await.unwrap_err().is_not_found());
        store.delete_session(&origin, &ada.id, &one.id).await.unwrap();
        assert_eq!(store.find_session("one").await.unwrap(), None);

        sign_in(&store, &ada.id, "three").await.unwrap();
        assert_eq!(store.delete_sessions(&origin, &ada.id, Some(&two.id)).await.unwrap(), 1);
        assert_eq!(store.list_sessions(&ada.id).await.unwrap().len(), 1);
        assert_eq!(store.delete_sessions(&origin, &ada.id, None).await.unwrap(), 1);

        sign_in(&store, &ada.id, "idle").await.unwrap();
        let seen = sign_in(&store, &ada.id, "seen").await.unwrap();
        store.touch_sessions(&[(seen.id, UnixMs(8_000))]).await.unwrap();
        assert_eq!(store.prune_sessions(UnixMs(8_000)).await.unwrap(), 1, "the idle one");
        clock.advance_ms(9_000);
        assert_eq!(store.prune_sessions(UnixMs(0)).await.unwrap(), 1, "past its absolute end");
        assert_eq!(store.find_session("seen").await.unwrap(), None);
    }

    async fn an_account_takes_its_sessions_with_it(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        store.create_user(&Origin::system(), new_user("root", "admin")).await.unwrap();
        let ada = store.create_user(&Origin::system(), new_user("ada", "viewer")).await.unwrap();
        sign_in(&store, &ada.id, "h").await.unwrap();
        store.delete_user(&Origin::system(), &ada.id).await.unwrap();
        assert_eq!(store.find_session("h").await.unwrap(), None);
    }

    async fn api_keys_are_kept_used_and_revoked(database) {
        let (store, clock) = database.open_with_clock(UnixMs(1_000)).await;
        let origin = Origin::system();
        let new = |hash: &str| NewApiKey {
            name: "nightly".to_owned(),
            role: "viewer".to_owned(),
            key_hash: hash.to_owned(),
            prefix: "lamp_ab".to_owned(),
            expires_at: Some(UnixMs(9_000)),
        };
        let key = store.create_api_key(&origin, new("h1")).await.unwrap();
        let error = store.create_api_key(&origin, new("h1")).await.unwrap_err();
        assert!(error.is_conflict("api_key_key_hash"), "{error}");
        assert_eq!(store.find_api_key("h1").await.unwrap().as_ref(), Some(&key));
        assert_eq!(store.find_api_key("h2").await.unwrap(), None);
        store.touch_api_keys(&[(key.id.clone(), UnixMs(2_000)), (key.id.clone(), UnixMs(1_500))]).await.unwrap();
        assert_eq!(store.find_api_key("h1").await.unwrap().unwrap().last_used_at, Some(UnixMs(2_000)));
        store.revoke_api_key(&origin, &key.id).await.unwrap();
        clock.advance_ms(100);
        store.revoke_api_key(&origin, &key.id).await.unwrap();
        assert_eq!(store.find_api_key("h1").await.unwrap().unwrap().revoked_at, Some(UnixMs(1_000)), "the first time counts");
        assert!(store.revoke_api_key(&origin, &ApiKeyId::generate()).await.unwrap_err().is_not_found());
        let newer = store.create_api_key(&origin, new("h3")).await.unwrap();
        let ids: Vec<ApiKeyId> = store.list_api_keys().await.unwrap().into_iter().map(|key| key.id).collect();
        assert_eq!(ids, [newer.id, key.id]);
    }

    async fn of_two_racing_setups_one_wins(database) {
        let (store, _) = database.open_with_clock(UnixMs(1_000)).await;
        let other = database.open_with_clock(UnixMs(1_000)).await.0;
        let origin = Origin::new("setup");
        store.set_setup_token("stale").await.unwrap();
        store.set_setup_token("good").await.unwrap();
        assert_eq!(store.setup_token().await.unwrap(), Some(("good".to_owned(), UnixMs(1_000))));
        let wrong = store.complete_setup(&origin, "stale", new_user("eve", "admin")).await.unwrap_err();
        assert!(wrong.is_not_found(), "{wrong}");
        assert_eq!(store.count_users().await.unwrap(), 0);
        let (first, second) = tokio::join!(
            store.complete_setup(&origin, "good", new_user("ada", "admin")),
            other.complete_setup(&origin, "good", new_user("bob", "admin")),
        );
        let refused: Vec<StoreError> = [first.err(), second.err()].into_iter().flatten().collect();
        assert!(matches!(refused.as_slice(), [error] if error.is_conflict("account_exists")), "{refused:?}");
        assert_eq!(store.count_users().await.unwrap(), 1);
        assert_eq!(store.setup_token().await.unwrap(), None, "used up");
        let late = store.complete_setup(&origin, "good", new_user("eve", "admin")).await.unwrap_err();
        assert!(late.is_conflict("account_exists"), "{late}");
        assert!(store.set_setup_token("again").await.unwrap_err().is_conflict("account_exists"));
    }
}
