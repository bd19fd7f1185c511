//! Key delivery messages (ST 430-1 and 430-3, and those of the Interop era): who may play what, and when.
//!
//! Only the public part is read. The keys themselves are encrypted to one device and nobody else's business: no type
//! here has a place for them, and the text they stand in is gone when [`read()`] returns.

mod read;
mod state;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::uuid::Id;
use super::xml::XmlError;

pub use read::{MAX_BYTES, is_message, read};
pub use state::{CompositionKeys, KeyState, Locked, PackageKeys, RecipientKeys, SOON_MS, locked, of_kdm, of_locked};

/// Why a file was refused as key delivery message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KdmError {
    /// The document could not be read, or tries what none may.
    #[error(transparent)]
    Document(#[from] XmlError),
    /// Another document.
    #[error("it is no key delivery message but \"{root}\"; upload the file the distributor sent")]
    OtherDocument {
        /// Name of its root element.
        root: String,
    },
    /// A value without which it says nothing is absent or unreadable.
    #[error("the key delivery message has no readable {element}; ask the distributor for a new one")]
    Incomplete {
        /// Name of the element.
        element: &'static str,
    },
    /// Above what is kept of one message.
    #[error("the key delivery message has more than {limit} {element} elements, which is refused")]
    TooMany {
        /// Name of the element.
        element: &'static str,
        /// The limit.
        limit: usize,
    },
}

/// A key delivery message without its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kdm {
    /// Own id.
    pub message_id: Id,
    /// Free text.
    pub annotation: Option<String>,
    /// As written; normally xs:dateTime.
    pub issue_date: Option<String>,
    /// Composition it opens.
    pub composition_id: Id,
    /// Title of that composition.
    pub content_title: Option<String>,
    /// First moment it opens, Unix milliseconds.
    pub not_valid_before_ms: i64,
    /// Last moment it opens, Unix milliseconds.
    pub not_valid_after_ms: i64,
    /// The device it is made for.
    pub recipient: Recipient,
    /// Devices that may work with the recipient.
    pub devices: DeviceList,
    /// Keys it carries, in document order.
    pub keys: Vec<CarriedKey>,
    /// What forensic marking it switches off.
    pub forensic_marks: ForensicMarks,
    /// Who signed it, as its signature names the certificate; not checked.
    pub signer: Option<String>,
    /// Whether it holds a signature.
    pub signed: bool,
}

impl Kdm {
    /// Keys of the composition this message does not carry; `None` when it is for another composition.
    #[must_use]
    pub fn lacks(&self, lock: &Locked) -> Option<Vec<Id>> {
        (self.composition_id == lock.composition_id).then(|| {
            let carried: HashSet<&Id> = self.keys.iter().map(|key| &key.id).collect();
            lock.key_ids.iter().filter(|id| !carried.contains(id)).cloned().collect()
        })
    }

    /// Tells messages apart: the same file has the same id wherever it lies, and two that open different things, for
    /// different devices or at different times never share one, even if their maker gave both one message id.
    #[must_use]
    pub fn id(&self) -> String {
        let keys: Vec<String> = self.keys.iter().map(|key| key.id.to_string()).collect();
        let name = serde_json::json!([
            self.message_id,
            self.composition_id,
            self.recipient,
            self.not_valid_before_ms,
            self.not_valid_after_ms,
            keys
        ]);
        ::uuid::Uuid::new_v5(&::uuid::Uuid::NAMESPACE_OID, name.to_string().as_bytes()).to_string()
    }
}

/// The device a message is made for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Distinguished name of its certificate.
    pub subject: Option<String>,
    /// Common name in it: roles, maker, model and serial number of the device.
    pub common_name: Option<String>,
    /// Thumbprint of its public key, base64, out of the distinguished name.
    pub thumbprint: Option<String>,
    /// Distinguished name of whoever issued its certificate.
    pub issuer: Option<String>,
    /// Serial number of its certificate, decimal.
    pub certificate_serial: Option<String>,
}

/// Devices that may work with the recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceList {
    /// Id of the list.
    pub id: Option<Id>,
    /// What the list is, in words.
    pub description: Option<String>,
    /// Thumbprints of their certificates, base64.
    pub thumbprints: Vec<String>,
    /// Whether any device is allowed that the recipient trusts itself.
    pub any_trusted: bool,
}

/// One key a message carries, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedKey {
    /// Id of the key.
    pub id: Id,
    /// Type as written, such as `MDIK`; absent in old messages.
    pub key_type: Option<String>,
    /// What a key of that type opens.
    pub opens: Option<KeyUse>,
}

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyUse {
    /// Picture tracks (`MDIK`).
    Picture,
    /// Sound tracks (`MDAK`).
    Sound,
    /// Subtitle and caption tracks (`MDSK`).
    Subtitle,
    /// Auxiliary tracks, such as immersive sound (`MDEK`).
    Auxiliary,
    /// Forensic marks of pictures (`FMIK`).
    PictureMark,
    /// Forensic marks of sound (`FMAK`).
    SoundMark,
}

impl KeyUse {
    /// What a key of that type opens; `None` for types unknown to us.
    #[must_use]
    pub fn of_type(key_type: &str) -> Option<Self> {
        match key_type.to_ascii_uppercase().as_str() {
            "MDIK" => Some(Self::Picture),
            "MDAK" => Some(Self::Sound),
            "MDSK" => Some(Self::Subtitle),
            "MDEK" => Some(Self::Auxiliary),
            "FMIK" => Some(Self::PictureMark),
            "FMAK" => Some(Self::SoundMark),
            _ => None,
        }
    }
}

/// What forensic marking a message switches off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForensicMarks {
    /// Marks in the picture.
    pub picture_off: bool,
    /// Marks in the sound.
    pub sound_off: bool,
    /// Marks in the sound channels above this one.
    pub sound_off_above_channel: Option<u32>,
    /// Flags unknown to us, as written.
    pub other: Vec<String>,
}

#[cfg(test)]
mod tests;
