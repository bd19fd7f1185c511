//! What a server says of itself when it registers, and whether that can be.

use crate::error::{SitesError, SitesResult};
use lamp_core::id::ServerId;

/// Longest name, in characters.
const MAX_NAME: usize = 100;
/// Longest location and address, in characters.
const MAX_TEXT: usize = 300;
/// Largest storage that is believed, in bytes: a million terabytes.
const MAX_CAPACITY_BYTES: u64 = 1_000_000_000_000_000_000;

/// A registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Name.
    pub name: String,
    /// Where it stands, in words.
    pub location: String,
    /// Address of its own API; may be empty.
    pub api_url: String,
    /// MAC address in any usual spelling.
    pub mac_address: String,
    /// Size of its storage.
    pub capacity_bytes: Option<u64>,
}

/// What a registration came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The server's id.
    pub id: ServerId,
    /// It was not there before.
    pub is_new: bool,
    /// An admin has let it in.
    pub is_authorized: bool,
    /// The secret by which a new agent without an identity key is known from now on; shown this once.
    pub secret: Option<String>,
}

impl Request {
    /// The request with its texts trimmed and its MAC address in the usual spelling. Errors: `Field`.
    pub(crate) fn checked(&self) -> SitesResult<Self> {
        Ok(Self {
            name: check_name(&self.name)?,
            location: check_location(&self.location)?,
            api_url: check_api_url(&self.api_url)?,
            mac_address: check_mac(&self.mac_address)?,
            capacity_bytes: self.capacity_bytes.map(check_capacity).transpose()?,
        })
    }
}

fn text(field: &'static str, given: &str, longest: usize) -> SitesResult<String> {
    let given = given.trim();
    if given.chars().count() > longest || given.chars().any(char::is_control) {
        return Err(SitesError::field(field, format!("use at most {longest} characters, in one line")));
    }
    Ok(given.to_owned())
}

/// A server's name: 1 to 100 characters.
pub(crate) fn check_name(given: &str) -> SitesResult<String> {
    let name = text("name", given, MAX_NAME)?;
    if name.is_empty() { Err(SitesError::field("name", "give a name")) } else { Ok(name) }
}

/// A location; may be empty.
pub(crate) fn check_location(given: &str) -> SitesResult<String> {
    text("location", given, MAX_TEXT)
}

/// An address that is only shown; no program calls it.
fn check_api_url(given: &str) -> SitesResult<String> {
    let url = text("api_url", given, MAX_TEXT)?;
    if url.is_empty() || url.starts_with("http://") || url.starts_with("https://") {
        Ok(url)
    } else {
        Err(SitesError::field("api_url", "give an address that begins with http:// or https://, or leave it empty"))
    }
}

/// A storage's size.
pub(crate) fn check_capacity(bytes: u64) -> SitesResult<u64> {
    if bytes <= MAX_CAPACITY_BYTES {
        Ok(bytes)
    } else {
        Err(SitesError::field("storage_capacity_tb", "give a number of terabytes from 0 to 1000000"))
    }
}

/// `02:00:5e:10:00:01` of any usual spelling. An address of nobody (all zero) or of a group is refused (IEEE 802).
fn check_mac(given: &str) -> SitesResult<String> {
    let refused = || SitesError::field("mac_address", "give a MAC address such as 02:00:5e:10:00:01");
    let digits: String = given.trim().chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
    let mut bytes = [0_u8; 6];
    hex::decode_to_slice(&digits, &mut bytes).map_err(|_| refused())?;
    if bytes == [0; 6] || bytes[0] & 1 == 1 {
        return Err(refused());
    }
    Ok(bytes.map(|byte| format!("{byte:02x}")).join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request {
            name: " Rex ".to_owned(),
            location: String::new(),
            api_url: String::new(),
            mac_address: "02-00-5E-10-00-01".to_owned(),
            capacity_bytes: None,
        }
    }

    #[test]
    fn a_request_is_put_in_the_usual_form() {
        let checked = request().checked().unwrap();
        assert_eq!((checked.name.as_str(), checked.mac_address.as_str()), ("Rex", "02:00:5e:10:00:01"));
        for mac in ["0200.5e10.0001", "02005e100001", "02:00:5e:10:00:01"] {
            assert_eq!(check_mac(mac).unwrap(), "02:00:5e:10:00:01");
        }
    }

    #[test]
    fn what_cannot_be_is_refused_by_field() {
        let long = "x".repeat(301);
        for (field, bad) in [
            ("mac_address", Request { mac_address: "00:00:00:00:00:00".to_owned(), ..request() }),
            ("mac_address", Request { mac_address: "ff:ff:ff:ff:ff:ff".to_owned(), ..request() }),
            ("mac_address", Request { mac_address: "01:00:5e:00:00:01".to_owned(), ..request() }),
            ("mac_address", Request { mac_address: "02:00:5e:10:00".to_owned(), ..request() }),
            ("mac_address", Request { mac_address: "zz:00:5e:10:00:01".to_owned(), ..request() }),
            ("name", Request { name: "  ".to_owned(), ..request() }),
            ("name", Request { name: "a\nb".to_owned(), ..request() }),
            ("location", Request { location: long.clone(), ..request() }),
            ("api_url", Request { api_url: "javascript:alert(1)".to_owned(), ..request() }),
            ("storage_capacity_tb", Request { capacity_bytes: Some(u64::MAX), ..request() }),
        ] {
            match bad.checked() {
                Err(SitesError::Field { field: found, .. }) => assert_eq!(found, field, "{bad:?}"),
                other => panic!("{bad:?}: {other:?}"),
            }
        }
    }
}
