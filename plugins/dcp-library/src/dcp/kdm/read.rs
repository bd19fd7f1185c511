//! From the bytes of a file to a [`Kdm`]; whatever is wrong refuses the whole.

use chrono::{DateTime, NaiveDateTime};

use super::{CarriedKey, DeviceList, ForensicMarks, Kdm, KdmError, KeyUse, Recipient};
use crate::dcp::signature;
use crate::dcp::uuid::Id;
use crate::dcp::xml::{self, Document, Element, XmlError, bounded};

/// Largest file read as a message, in bytes; real ones have some 20 KiB, with many keys 200.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Most keys, devices or flags of one message.
const MAX_ENTRIES: usize = 4096;
/// Thumbprint of no certificate at all, the SHA-1 of nothing: it stands for every device the recipient trusts.
const ANY_TRUSTED: &str = "2jmj7l5rSw0yVb/vlWAYkK/YBwk=";

/// Name of the root element.
const ROOT: &str = "DCinemaSecurityMessage";
/// The root element of a message begins within this many bytes.
const ROOT_WITHIN_BYTES: usize = 4096;

/// Whether a document calls itself a key delivery message; cheap, and tells nothing of what [`read()`] will say of it.
#[must_use]
pub fn is_message(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(..ROOT_WITHIN_BYTES).unwrap_or(bytes);
    while let Some(tag) = memchr::memchr(b'<', rest).and_then(|at| rest.get(at + 1..)) {
        match tag {
            [b'!', b'-', b'-', comment @ ..] => {
                let end = memchr::memmem::find(comment, b"-->");
                rest = end.and_then(|at| comment.get(at..)).unwrap_or_default();
            }
            [b'!' | b'?', ..] => rest = tag,
            _ => {
                let end = tag.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'));
                let name = tag.get(..end.unwrap_or(tag.len())).unwrap_or_default();
                return name.rsplit(|byte| *byte == b':').next() == Some(ROOT.as_bytes());
            }
        }
    }
    false
}

/// Reads a key delivery message.
///
/// # Errors
/// [`KdmError`]: no well-formed document, one that tries what none may, another document, or one that lacks what a
/// message needs: its id, its composition, its window, its keys.
pub fn read(bytes: &[u8]) -> Result<Kdm, KdmError> {
    if bytes.len() > MAX_BYTES {
        return Err(XmlError::TooLarge { bytes: bytes.len() as u64 }.into());
    }
    let decoded = xml::decode(bytes)?;
    let document = Document::parse(&decoded.text)?;
    let root = document.root();
    if root.name() != ROOT {
        return Err(KdmError::OtherDocument { root: root.name().chars().take(60).collect() });
    }
    let public = child(root, "AuthenticatedPublic")?;
    // Old messages have the values directly among the extensions.
    let extensions = child(public, "RequiredExtensions")?;
    let extensions = extensions.child("KDMRequiredExtensions").unwrap_or(extensions);
    Ok(Kdm {
        message_id: id(public, "MessageId")?,
        annotation: public.child_string("AnnotationText"),
        issue_date: public.child_string("IssueDate"),
        composition_id: id(extensions, "CompositionPlaylistId")?,
        content_title: extensions.child_string("ContentTitleText"),
        not_valid_before_ms: moment(extensions, "ContentKeysNotValidBefore")?,
        not_valid_after_ms: moment(extensions, "ContentKeysNotValidAfter")?,
        recipient: extensions.child("Recipient").map(recipient).unwrap_or_default(),
        devices: extensions.child("AuthorizedDeviceInfo").map(devices).transpose()?.unwrap_or_default(),
        keys: keys(child(extensions, "KeyIdList")?)?,
        forensic_marks: extensions.child("ForensicMarkFlagList").map(marks).transpose()?.unwrap_or_default(),
        signer: signer(public).or_else(|| signature::signer(root)),
        signed: root.child("Signature").is_some(),
    })
}

fn child<'d>(element: Element<'d>, name: &'static str) -> Result<Element<'d>, KdmError> {
    element.child(name).ok_or(KdmError::Incomplete { element: name })
}

fn id(element: Element<'_>, name: &'static str) -> Result<Id, KdmError> {
    element.child_text(name).and_then(Id::parse).ok_or(KdmError::Incomplete { element: name })
}

/// xs:dateTime as Unix milliseconds; without a zone it is taken as UTC.
fn moment(element: Element<'_>, name: &'static str) -> Result<i64, KdmError> {
    let text = element.child_text(name).unwrap_or_default();
    let zoned = || DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.timestamp_millis());
    let plain = || {
        let moment = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
        Some(moment.and_utc().timestamp_millis())
    };
    zoned().or_else(plain).ok_or(KdmError::Incomplete { element: name })
}

fn recipient(element: Element<'_>) -> Recipient {
    let certificate = element.child("X509IssuerSerial");
    let subject = element.child_string("X509SubjectName");
    Recipient {
        common_name: subject.as_deref().map(|name| signature::common_name(name).to_owned()),
        thumbprint: subject.as_deref().and_then(thumbprint),
        issuer: certificate.and_then(|certificate| certificate.child_string("X509IssuerName")),
        certificate_serial: certificate.and_then(|certificate| certificate.child_string("X509SerialNumber")),
        subject,
    }
}

/// The qualifier of a distinguished name is the thumbprint of the public key; `+` may be written with a backslash.
fn thumbprint(subject: &str) -> Option<String> {
    let (_, value) = subject.split_once("dnQualifier=")?;
    let value = value.split(',').next()?.trim().replace('\\', "");
    (!value.is_empty()).then_some(value)
}

fn devices(element: Element<'_>) -> Result<DeviceList, KdmError> {
    let list = element.child("DeviceList").map(|list| entries(list, "CertificateThumbprint")).transpose()?;
    let thumbprints: Vec<String> = list.into_iter().flatten().filter_map(Element::text).map(bounded).collect();
    Ok(DeviceList {
        id: element.child_text("DeviceListIdentifier").and_then(Id::parse),
        description: element.child_string("DeviceListDescription"),
        any_trusted: thumbprints.iter().any(|thumbprint| thumbprint == ANY_TRUSTED),
        thumbprints,
    })
}

fn keys(list: Element<'_>) -> Result<Vec<CarriedKey>, KdmError> {
    let mut keys = Vec::new();
    for entry in entries(list, "TypedKeyId")? {
        let key_type = entry.child_string("KeyType");
        let opens = key_type.as_deref().and_then(KeyUse::of_type);
        keys.push(CarriedKey { id: id(entry, "KeyId")?, key_type, opens });
    }
    // Old messages list the ids without a type.
    for entry in entries(list, "KeyId")? {
        let id = entry.text().and_then(Id::parse).ok_or(KdmError::Incomplete { element: "KeyId" })?;
        keys.push(CarriedKey { id, key_type: None, opens: None });
    }
    if keys.is_empty() { Err(KdmError::Incomplete { element: "KeyId" }) } else { Ok(keys) }
}

fn marks(list: Element<'_>) -> Result<ForensicMarks, KdmError> {
    let mut marks = ForensicMarks::default();
    for flag in entries(list, "ForensicMarkFlag")?.into_iter().filter_map(Element::text) {
        let name = flag.rsplit('#').next().unwrap_or_default();
        let above = name.strip_prefix("mrkflg-audio-disable-above-channel-");
        match (name, above.and_then(|channel| channel.parse().ok())) {
            ("mrkflg-picture-disable", _) => marks.picture_off = true,
            ("mrkflg-audio-disable", _) => marks.sound_off = true,
            (_, Some(channel)) => marks.sound_off_above_channel = Some(channel),
            _ => marks.other.push(bounded(flag)),
        }
    }
    Ok(marks)
}

/// The signer as the public part names the certificate.
fn signer(public: Element<'_>) -> Option<String> {
    let name = public.child("Signer")?.child_text("X509IssuerName")?;
    Some(bounded(signature::common_name(name)))
}

fn entries<'d>(list: Element<'d>, name: &'static str) -> Result<Vec<Element<'d>>, KdmError> {
    let found: Vec<_> = list.children_named(name).take(MAX_ENTRIES + 1).collect();
    if found.len() > MAX_ENTRIES { Err(KdmError::TooMany { element: name, limit: MAX_ENTRIES }) } else { Ok(found) }
}
