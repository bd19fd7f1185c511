//! Accounts on a real database with a clock that the test moves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lamp_auth::{
    Auth, AuthError, BEARER_MAX_MS, COOKIE_MAX_MS, Client, IDLE_MAX_MS, NewKey, PasswordCost, Presented, UserEdit,
};
use lamp_core::clock::{ManualClock, UnixMs};
use lamp_store::Store;
use lamp_store::audit::{AuditFilter, ChainState, Origin};
use lamp_store::testing::TestDatabase;
use std::sync::Arc;

const PASSWORD: &str = "correct horse battery";
const START: UnixMs = UnixMs(1_800_000_000_000);
const CHEAP: PasswordCost = PasswordCost { memory_kib: 256, passes: 1, lanes: 1 };

struct Accounts {
    auth: Auth,
    store: Store,
    clock: Arc<ManualClock>,
}

async fn accounts(database: &TestDatabase) -> Accounts {
    let (store, clock) = database.open_with_clock(START).await;
    Accounts { auth: Auth::new(store.clone(), CHEAP), store, clock }
}

impl Accounts {
    async fn user(&self, name: &str, role: &str) -> lamp_store::users::User {
        self.auth.create_user(&Origin::system(), name, PASSWORD, role).await.unwrap()
    }

    async fn sign_in(&self, name: &str) -> String {
        self.auth.sign_in(name, PASSWORD, &Client::default()).await.unwrap().token
    }

    async fn is_good(&self, presented: Presented<'_>) -> bool {
        match self.auth.authenticate(presented).await {
            Ok(_) => true,
            Err(AuthError::NotSignedIn) => false,
            Err(other) => panic!("{other}"),
        }
    }
}

lamp_store::on_each_database! {
    async fn a_cookie_ends_a_day_after_its_last_use_and_a_week_after_sign_in(database) {
        let accounts = accounts(&database).await;
        accounts.user("ada", "viewer").await;
        let token = accounts.sign_in("ada").await;
        for _ in 0..6 {
            accounts.clock.advance_ms(IDLE_MAX_MS - 1);
            assert!(accounts.is_good(Presented::Cookie(&token)).await);
            accounts.auth.maintain().await.unwrap();
        }
        let left = COOKIE_MAX_MS - 6 * (IDLE_MAX_MS - 1) - 1;
        for step in [left / 2, left - left / 2] {
            accounts.clock.advance_ms(step);
            assert!(accounts.is_good(Presented::Cookie(&token)).await);
            accounts.auth.maintain().await.unwrap();
        }
        accounts.clock.advance_ms(1);
        assert!(!accounts.is_good(Presented::Cookie(&token)).await, "a week is over");
        let idle = accounts.sign_in("ada").await;
        accounts.clock.advance_ms(IDLE_MAX_MS);
        assert!(!accounts.is_good(Presented::Cookie(&idle)).await, "a day without a request");
        accounts.auth.maintain().await.unwrap();
        let user = accounts.store.find_user_by_name("ada").await.unwrap().unwrap();
        assert!(accounts.store.list_sessions(&user.id).await.unwrap().len() <= 1, "ended sessions are dropped");
    }

    async fn a_bearer_ends_a_day_after_sign_in(database) {
        let accounts = accounts(&database).await;
        accounts.user("ada", "viewer").await;
        let token = accounts.sign_in("ada").await;
        for _ in 0..2 {
            accounts.clock.advance_ms(BEARER_MAX_MS / 2 - 1);
            assert!(accounts.is_good(Presented::Bearer(&token)).await);
            accounts.auth.maintain().await.unwrap();
        }
        accounts.clock.advance_ms(2);
        assert!(!accounts.is_good(Presented::Bearer(&token)).await);
        assert!(accounts.is_good(Presented::Cookie(&token)).await, "the cookie goes on");
    }

    async fn tokens_are_stored_as_hashes(database) {
        let accounts = accounts(&database).await;
        let user = accounts.user("ada", "viewer").await;
        let token = accounts.sign_in("ada").await;
        let new = NewKey { name: "k".to_owned(), role: "viewer".to_owned(), expires_at: None };
        let (row, key) = accounts.auth.create_key(&Origin::system(), new).await.unwrap();
        let session = accounts.store.list_sessions(&user.id).await.unwrap().remove(0);
        assert_eq!((session.token_hash.len(), row.key_hash.len()), (64, 64));
        assert!(!session.token_hash.contains(&token[3..]) && !key.contains(&row.key_hash));
        let setup = accounts.store.setup_token().await.unwrap();
        assert!(setup.is_none(), "none is kept once there is an account");
    }

    async fn a_key_ends_at_its_time(database) {
        let accounts = accounts(&database).await;
        let new = NewKey { name: "k".to_owned(), role: "viewer".to_owned(), expires_at: Some(START.plus_ms(5_000)) };
        let (_, key) = accounts.auth.create_key(&Origin::system(), new).await.unwrap();
        accounts.clock.advance_ms(4_999);
        assert!(accounts.is_good(Presented::Bearer(&key)).await);
        accounts.clock.advance_ms(1_001);
        assert!(!accounts.is_good(Presented::Bearer(&key)).await);
    }

    async fn a_password_stored_at_another_cost_is_hashed_anew_at_sign_in(database) {
        let accounts = accounts(&database).await;
        let before = accounts.user("ada", "viewer").await.password_hash;
        let dearer = Auth::new(accounts.store.clone(), PasswordCost { memory_kib: 512, ..CHEAP });
        dearer.sign_in("ada", PASSWORD, &Client::default()).await.unwrap();
        let after = accounts.store.find_user_by_name("ada").await.unwrap().unwrap().password_hash;
        assert!(before.contains("m=256,") && after.contains("m=512,"), "{before} {after}");
        dearer.sign_in("ada", PASSWORD, &Client::default()).await.unwrap();
        let same = accounts.store.find_user_by_name("ada").await.unwrap().unwrap().password_hash;
        assert_eq!(after, same);
    }

    async fn a_new_setup_token_takes_the_place_of_the_old_one(database) {
        let accounts = accounts(&database).await;
        let old = accounts.auth.issue_setup_token().await.unwrap().unwrap();
        let new = accounts.auth.issue_setup_token().await.unwrap().unwrap();
        let setup = |token: String| {
            let auth = &accounts.auth;
            async move { auth.complete_setup(&token, "ada", PASSWORD, &Client::default()).await }
        };
        assert!(matches!(setup(old).await, Err(AuthError::SetupToken)));
        assert!(setup(new.clone()).await.is_ok());
        assert!(matches!(setup(new).await, Err(AuthError::SetupDone)));
        assert_eq!(accounts.auth.issue_setup_token().await.unwrap(), None);
    }

    async fn a_disabled_user_is_out_at_once_and_refused_like_a_stranger(database) {
        let accounts = accounts(&database).await;
        accounts.user("root", "admin").await;
        let user = accounts.user("ada", "viewer").await;
        let token = accounts.sign_in("ada").await;
        assert!(accounts.is_good(Presented::Cookie(&token)).await);
        let edit = UserEdit { disabled: Some(true), ..UserEdit::default() };
        accounts.auth.change_user(&Origin::system(), &user.id, edit, None).await.unwrap();
        assert!(!accounts.is_good(Presented::Cookie(&token)).await);
        let refused = accounts.auth.sign_in("ada", PASSWORD, &Client::default()).await.unwrap_err();
        let stranger = accounts.auth.sign_in("eve", PASSWORD, &Client::default()).await.unwrap_err();
        assert_eq!(refused.to_string(), stranger.to_string());
    }

    async fn the_audit_log_tells_who_and_never_a_secret(database) {
        let accounts = accounts(&database).await;
        accounts.user("ada", "viewer").await;
        let token = accounts.sign_in("ada").await;
        accounts.auth.sign_in("ada\r\nforged line", "wrong wrong wrong", &Client::default()).await.unwrap_err();
        let who = accounts.auth.authenticate(Presented::Cookie(&token)).await.unwrap();
        accounts.auth.sign_out(&who, &Origin::new(who.caller.actor())).await.unwrap();
        let rows = accounts.store.list_audit(&AuditFilter::default(), 100).await.unwrap();
        let actions: Vec<&str> = rows.iter().rev().map(|row| row.action.as_str()).collect();
        assert_eq!(actions, ["user.create", "session.create", "session.create", "session.end"]);
        for row in &rows {
            let text = format!("{row:?}");
            assert!(!text.contains(PASSWORD) && !text.contains(&token) && !row.subject.contains(['\r', '\n']), "{text}");
        }
        assert!(matches!(accounts.store.verify_chain().await.unwrap(), ChainState::Intact(4)));
    }
}
