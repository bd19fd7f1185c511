//! Announce keys: the secret part of an announce URL, which tells the tracker who asks. A key follows from this
//! installation's private key and is stored nowhere; a server gets another one whenever it is let in.

use crate::identity::Identity;
use lamp_core::clock::UnixMs;
use lamp_core::swarm::SwarmSubject;
use lamp_store::api_keys::ApiKey;
use lamp_store::servers::Server;
use lamp_store::users::User;
use std::collections::HashMap;

/// Bytes of a key; it is shown as twice as many hex digits.
const KEY_BYTES: usize = 20;
/// What a server's name as a subject begins with.
const SERVER: &str = "server:";
/// What an account's name as a subject begins with.
const USER: &str = "user:";
/// What an API key's name as a subject begins with.
const API_KEY: &str = "key:";

/// The key of an announce URL, hex. Its debug form does not show it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct AnnounceKey(String);

impl std::fmt::Debug for AnnounceKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("AnnounceKey(..)")
    }
}

/// One who may have a key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Announcer {
    is_authorized: bool,
    /// When that ends by itself.
    until: Option<UnixMs>,
}

impl Announcer {
    fn may(&self, now: UnixMs) -> bool {
        self.is_authorized && self.until.is_none_or(|until| now < until)
    }
}

/// All who may have a key, by key and by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Announcers {
    by_key: HashMap<AnnounceKey, String>,
    by_name: HashMap<String, (AnnounceKey, Announcer)>,
}

impl Announcers {
    /// The announcers of an installation: itself, its servers, its accounts and its API keys.
    pub(crate) fn new(identity: &Identity, servers: &[Server], users: &[User], api_keys: &[ApiKey]) -> Self {
        let secret = identity.announce_secret();
        let mut all = Self::default();
        let always = |is_authorized| Announcer { is_authorized, until: None };
        all.add(&secret, format!("{SERVER}{}", identity.site_id), "", always(true));
        for server in servers {
            // One that was never let in has no key.
            if let Some(salt) = &server.announce_salt {
                all.add(&secret, format!("{SERVER}{}", server.id), salt, always(server.is_authorized));
            }
        }
        for user in users {
            all.add(&secret, format!("{USER}{}", user.name), user.id.as_str(), always(!user.disabled));
        }
        // Labels are not unique: the newest key that was not revoked counts.
        let mut api_keys: Vec<&ApiKey> = api_keys.iter().collect();
        api_keys.sort_by_key(|key| (key.revoked_at.is_none(), key.created_at));
        for key in api_keys {
            let announcer = Announcer { is_authorized: key.revoked_at.is_none(), until: key.expires_at };
            all.add(&secret, format!("{API_KEY}{}", key.name), key.id.as_str(), announcer);
        }
        all
    }

    fn add(&mut self, secret: &[u8; 32], name: String, salt: &str, announcer: Announcer) {
        let hash = blake3::keyed_hash(secret, format!("{name}\n{salt}").as_bytes());
        let key = AnnounceKey(hex::encode(&hash.as_bytes()[..KEY_BYTES]));
        if let Some((replaced, _)) = self.by_name.insert(name.clone(), (key.clone(), announcer)) {
            self.by_key.remove(&replaced);
        }
        self.by_key.insert(key, name);
    }

    /// Whose key it is.
    pub(crate) fn find(&self, key: &str, now: UnixMs) -> Option<SwarmSubject> {
        let name = self.by_key.get(&AnnounceKey(key.to_owned()))?;
        let (_, announcer) = self.by_name.get(name)?;
        Some(SwarmSubject { name: name.clone(), is_authorized: announcer.may(now) })
    }

    /// The key of a subject, and whether it is authorised.
    pub(crate) fn key_of(&self, name: &str, now: UnixMs) -> Option<(&str, bool)> {
        self.by_name.get(name).map(|(key, announcer)| (key.0.as_str(), announcer.may(now)))
    }
}

/// Whether this installation knows the subjects of that kind.
pub(crate) fn is_known_kind(name: &str) -> bool {
    [SERVER, USER, API_KEY].iter().any(|kind| name.starts_with(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamp_core::id::{ApiKeyId, ServerId, UserId};

    fn server(id: &str, salt: Option<&str>, is_authorized: bool) -> Server {
        Server {
            id: ServerId::from(id),
            name: id.to_owned(),
            location: String::new(),
            api_url: String::new(),
            mac_address: "02:00:5e:10:00:01".to_owned(),
            public_key: None,
            secret_hash: None,
            is_authorized,
            announce_salt: salt.map(str::to_owned),
            last_seen: None,
            capacity_bytes: None,
            free_bytes: None,
            clock_skew_ms: None,
            version: None,
            plugins: None,
            created_at: UnixMs(0),
            updated_at: UnixMs(0),
        }
    }

    fn user(name: &str, disabled: bool) -> User {
        User {
            id: UserId::from(name),
            name: name.to_owned(),
            password_hash: String::new(),
            role: "viewer".to_owned(),
            created_at: UnixMs(0),
            last_sign_in_at: None,
            disabled,
        }
    }

    fn api_key(id: &str, name: &str, created_at: i64, revoked: bool, expires_at: Option<i64>) -> ApiKey {
        ApiKey {
            id: ApiKeyId::from(id),
            name: name.to_owned(),
            role: "viewer".to_owned(),
            key_hash: String::new(),
            prefix: String::new(),
            created_at: UnixMs(created_at),
            expires_at: expires_at.map(UnixMs),
            last_used_at: None,
            revoked_at: revoked.then_some(UnixMs(0)),
        }
    }

    fn announcers(seed: u8, salt: &str) -> Announcers {
        let servers = [server("a", Some(salt), true), server("b", Some(salt), false), server("c", None, false)];
        let keys = [
            api_key("3", "twice", 3, true, None),
            api_key("2", "twice", 2, false, None),
            api_key("1", "twice", 1, false, None),
            api_key("4", "ended", 1, false, Some(10)),
        ];
        Announcers::new(&Identity::of_seed([seed; 32]), &servers, &[user("anna", false), user("ben", true)], &keys)
    }

    #[test]
    fn a_key_names_one_subject_and_whether_it_may() {
        let (all, now) = (announcers(1, "salt"), UnixMs(10));
        for (name, is_authorized) in [
            ("server:this", true),
            ("server:a", true),
            ("server:b", false),
            ("user:anna", true),
            ("user:ben", false),
            ("key:twice", true),
            ("key:ended", false),
        ] {
            let (key, may) = all.key_of(name, now).unwrap();
            assert_eq!((key.len(), may), (2 * KEY_BYTES, is_authorized), "{name}");
            assert_eq!(all.find(key, now), Some(SwarmSubject { name: name.to_owned(), is_authorized }));
        }
        assert!(all.key_of("key:ended", UnixMs(9)).is_some_and(|(_, may)| may));
        assert_eq!((all.key_of("server:c", now), all.find("", now), all.find("0123", now)), (None, None, None));
        assert_eq!(all.by_key.len(), all.by_name.len());
    }

    #[test]
    fn another_salt_or_installation_makes_another_key() {
        let now = UnixMs(0);
        let key = |all: &Announcers| all.key_of("server:a", now).unwrap().0.to_owned();
        let (one, salted, elsewhere) = (announcers(1, "salt"), announcers(1, "new"), announcers(2, "salt"));
        assert!(salted.find(&key(&one), now).is_none() && elsewhere.find(&key(&one), now).is_none());
        assert_eq!(key(&one), key(&announcers(1, "salt")), "it is the same after a restart");
        assert_eq!(one.key_of("user:anna", now), salted.key_of("user:anna", now), "others keep theirs");
        assert!(!format!("{one:?}").contains(&key(&one)), "keys are not shown");
    }
}
