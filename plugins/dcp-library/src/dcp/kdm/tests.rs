//! Facts about key delivery messages, made here.

use proptest::prelude::*;

use super::*;
use crate::dcp::composition::{self, TrackFacts};
use crate::dcp::dialect::Dialect;
use crate::dcp::findings::Findings;
use crate::dcp::mxf::Header;
use crate::dcp::package::Package;
use crate::dcp::report::Report;
use crate::dcp::xml::Document;

/// What stands for the keys; it must turn up nowhere.
const SECRET: &str = "c2VjcmV0IGtleSBtYXRlcmlhbA==";
/// 2026-01-10T00:00:00Z, where the window of the message begins.
const BEGIN_MS: i64 = 1_768_003_200_000;
const HOUR_MS: i64 = 3_600_000;
/// The window lasts ten days.
const END_MS: i64 = BEGIN_MS + 240 * HOUR_MS;

fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn typed(key_type: &str, number: u32) -> String {
    format!(
        "<k:TypedKeyId><k:KeyType scope='urn:x'>{key_type}</k:KeyType><k:KeyId>urn:uuid:{}</k:KeyId></k:TypedKeyId>",
        id(number)
    )
}

/// A message for composition 3 with the keys 10 and 11.
fn message() -> String {
    let keys = typed("MDIK", 10) + &typed("MDAK", 11);
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><DCinemaSecurityMessage xmlns='http://www.smpte-ra.org/schemas/430-3/2006/ETM'>\
        <AuthenticatedPublic Id='ID_Public'><MessageId>urn:uuid:{message}</MessageId><MessageType>urn:kdm</MessageType>\
        <AnnotationText>Night ~ Screen 1</AnnotationText><IssueDate>2026-01-09T10:00:00+01:00</IssueDate>\
        <Signer><X509IssuerName>dnQualifier=aa=,CN=.Lab Signer,O=Lab</X509IssuerName><X509SerialNumber>7</X509SerialNumber></Signer>\
        <RequiredExtensions><k:KDMRequiredExtensions xmlns:k='http://www.smpte-ra.org/schemas/430-1/2006/KDM'>\
        <k:Recipient><k:X509IssuerSerial><k:X509IssuerName>CN=.Maker</k:X509IssuerName><k:X509SerialNumber>123456789012345678901234567890</k:X509SerialNumber></k:X509IssuerSerial>\
        <k:X509SubjectName>dnQualifier=Th\\+umb=,CN=SM SPB MDI FMA.Maker.Box-42,OU=x,O=y</k:X509SubjectName></k:Recipient>\
        <k:CompositionPlaylistId>URN:UUID:{composition}</k:CompositionPlaylistId><k:ContentTitleText>Night</k:ContentTitleText>\
        <k:ContentKeysNotValidBefore>2026-01-10T01:00:00+01:00</k:ContentKeysNotValidBefore>\
        <k:ContentKeysNotValidAfter>2026-01-20T00:00:00</k:ContentKeysNotValidAfter>\
        <k:AuthorizedDeviceInfo><k:DeviceListIdentifier>urn:uuid:{list}</k:DeviceListIdentifier><k:DeviceListDescription>Screen 1</k:DeviceListDescription>\
        <k:DeviceList><k:CertificateThumbprint>2jmj7l5rSw0yVb/vlWAYkK/YBwk=</k:CertificateThumbprint></k:DeviceList></k:AuthorizedDeviceInfo>\
        <k:KeyIdList>{keys}</k:KeyIdList>\
        <k:ForensicMarkFlagList><k:ForensicMarkFlag>http://www.smpte-ra.org/430-1/2006/KDM#mrkflg-picture-disable</k:ForensicMarkFlag>\
        <k:ForensicMarkFlag>http://www.smpte-ra.org/430-1/2006/KDM#mrkflg-audio-disable-above-channel-6</k:ForensicMarkFlag></k:ForensicMarkFlagList>\
        </k:KDMRequiredExtensions></RequiredExtensions><NonCriticalExtensions/></AuthenticatedPublic>\
        <AuthenticatedPrivate Id='ID_Private'><e:EncryptedKey xmlns:e='urn:e'><e:CipherData><e:CipherValue>{SECRET}</e:CipherValue></e:CipherData></e:EncryptedKey></AuthenticatedPrivate>\
        <Signature/></DCinemaSecurityMessage>",
        message = id(1),
        composition = id(3),
        list = id(5),
    )
}

fn read_text(text: &str) -> Result<Kdm, KdmError> {
    read(text.as_bytes())
}

#[test]
fn every_public_fact_is_read_and_no_key() {
    let kdm = read_text(&message()).unwrap();
    assert_eq!((kdm.message_id.to_string(), kdm.composition_id.to_string()), (id(1), id(3)));
    assert_eq!((kdm.not_valid_before_ms, kdm.not_valid_after_ms), (BEGIN_MS, END_MS));
    assert_eq!(kdm.recipient.common_name.as_deref(), Some("SM SPB MDI FMA.Maker.Box-42"));
    assert_eq!(kdm.recipient.thumbprint.as_deref(), Some("Th+umb="));
    assert_eq!(kdm.recipient.certificate_serial.as_deref(), Some("123456789012345678901234567890"));
    assert_eq!((kdm.devices.any_trusted, kdm.devices.description.as_deref()), (true, Some("Screen 1")));
    let keys: Vec<_> = kdm.keys.iter().map(|key| (key.id.to_string(), key.opens)).collect();
    assert_eq!(keys, [(id(10), Some(KeyUse::Picture)), (id(11), Some(KeyUse::Sound))]);
    assert_eq!((kdm.forensic_marks.picture_off, kdm.forensic_marks.sound_off_above_channel), (true, Some(6)));
    assert_eq!((kdm.signer.as_deref(), kdm.signed), (Some(".Lab Signer"), true));
    let json = serde_json::to_string(&kdm).unwrap();
    assert!(!json.contains(SECRET) && !format!("{kdm:?}").contains(SECRET));
    assert_eq!(serde_json::from_str::<Kdm>(&json).unwrap(), kdm);
}

#[test]
fn old_messages_have_their_values_higher_up_and_keys_without_type() {
    let bare = format!("<KeyIdList><KeyId>{}</KeyId></KeyIdList>", id(12));
    let text =
        message().replace("<k:KDMRequiredExtensions xmlns:k='http://www.smpte-ra.org/schemas/430-1/2006/KDM'>", "");
    let text =
        text.replace("</k:KDMRequiredExtensions>", "").replace("k:", "").replace("430-3/2006/ETM", "PROTO-ASDCP-KDM");
    let (before, rest) = text.split_once("<KeyIdList>").unwrap();
    let after = rest.split_once("</KeyIdList>").unwrap().1;
    let kdm = read_text(&format!("{before}{bare}{after}")).unwrap();
    assert_eq!((kdm.keys[0].id.to_string(), &kdm.keys[0].key_type), (id(12), &None));
    assert_eq!(kdm.composition_id.to_string(), id(3));
}

#[test]
fn what_is_no_message_is_refused_whole() {
    let without = |from: &str, to: &str| read_text(&message().replace(from, to)).unwrap_err();
    assert_eq!(without("CompositionPlaylistId", "Other"), KdmError::Incomplete { element: "CompositionPlaylistId" });
    assert_eq!(without("2026-01-20T00:00:00", "soon"), KdmError::Incomplete { element: "ContentKeysNotValidAfter" });
    assert_eq!(without("TypedKeyId", "Other"), KdmError::Incomplete { element: "KeyId" });
    assert_eq!(read_text("<AssetMap/>").unwrap_err(), KdmError::OtherDocument { root: "AssetMap".into() });
    let bomb = message().replace("<DCinema", "<!DOCTYPE x [<!ENTITY a 'b'>]><DCinema");
    assert!(matches!(read_text(&bomb), Err(KdmError::Document(error)) if error.is_forbidden()));
    assert!(matches!(read(&vec![b' '; MAX_BYTES + 1]), Err(KdmError::Document(XmlError::TooLarge { .. }))));
    let many = message().replace(&typed("MDAK", 11), &typed("MDAK", 11).repeat(5000));
    assert_eq!(read_text(&many).unwrap_err(), KdmError::TooMany { element: "TypedKeyId", limit: 4096 });
    let Err(KdmError::Document(error)) = read_text(&message()[..900]) else { panic!("a cut file is refused") };
    assert!(error.to_string().contains("cut short"), "{error}");
}

#[test]
fn a_message_is_told_by_its_start_and_known_by_what_it_opens() {
    assert!(is_message(message().as_bytes()));
    for (text, is) in [
        ("", false),
        ("<", false),
        ("<CompositionPlaylist/>", false),
        ("<!-- <DCinemaSecurityMessage> --><AssetMap/>", false),
        ("<!-- <AssetMap> --><etm:DCinemaSecurityMessage\n xmlns:etm='x'>", true),
        ("<?xml version='1.0'?><!DOCTYPE x><DCinemaSecurityMessage/>", true),
        ("<!-- never ends <DCinemaSecurityMessage>", false),
    ] {
        assert_eq!(is_message(text.as_bytes()), is, "{text}");
    }
    let first = read_text(&message()).unwrap();
    assert_eq!(first.id(), read_text(&format!("{}\n", message())).unwrap().id());
    let changed = |change: &dyn Fn(&mut Kdm)| {
        let mut kdm = first.clone();
        change(&mut kdm);
        kdm.id()
    };
    assert_eq!(changed(&|kdm| kdm.annotation = None), first.id(), "a remark makes no other message");
    for other in [
        changed(&|kdm| kdm.not_valid_after_ms += 1),
        changed(&|kdm| kdm.recipient.thumbprint = Some("another".into())),
        changed(&|kdm| kdm.keys.truncate(1)),
    ] {
        assert_ne!(other, first.id());
    }
}

#[test]
fn the_next_change_of_state_is_told() {
    let kdms = [read_text(&message()).unwrap()];
    let at = |now_ms: i64| of_locked(&locked(&package(3, &[10])), &kdms, now_ms, SOON_MS).at_ms;
    assert_eq!((at(BEGIN_MS - 1), at(BEGIN_MS), at(END_MS + 1)), (Some(BEGIN_MS), Some(END_MS), Some(END_MS)));
    assert_eq!(of_locked(&locked(&package(3, &[10])), &[], 0, SOON_MS).at_ms, None);
    assert_eq!(of_kdm(&kdms[0], END_MS - SOON_MS, SOON_MS), (KeyState::ExpiresSoon, "expires in 36 h".into()));
}

/// Nothing is known of any track.
struct Nothing;

impl TrackFacts for Nothing {
    fn is_listed(&self, _: &Id) -> bool {
        true
    }

    fn is_present(&self, _: &Id) -> bool {
        true
    }

    fn header(&self, _: &Id) -> Option<&Header> {
        None
    }

    fn language(&self, _: &Id) -> Option<&str> {
        None
    }
}

/// A package with one composition of that number whose tracks have these keys.
fn package(number: u32, keys: &[u32]) -> Package {
    let key =
        |number: &u32| format!("<MainSound><Id>{}</Id><KeyId>{}</KeyId></MainSound>", id(*number + 100), id(*number));
    let tracks: String = keys.iter().map(key).collect();
    let text = format!(
        "<CompositionPlaylist><Id>{}</Id><ReelList><Reel><AssetList>{tracks}</AssetList></Reel></ReelList></CompositionPlaylist>",
        id(number)
    );
    let document = Document::parse(&text).unwrap();
    let (mut findings, own) = (Findings::default(), Id::parse(&id(number)).unwrap());
    let mut report = Report { file: "cpl.xml", findings: &mut findings };
    let mut composition = composition::read(document.root(), &own, Dialect::Smpte, &mut report).unwrap();
    composition::draw_facts(&mut composition, &Nothing);
    let json = serde_json::json!({
        "package_name": "Folder", "volume_count": 1, "total_size_bytes": 0, "present_size_bytes": 0, "file_count": 0,
        "state": "complete", "compositions": [composition], "assets": [], "packing_lists": [], "findings": [],
    });
    serde_json::from_value(json).unwrap()
}

fn state_at(keys: &[u32], kdms: &[Kdm], now_ms: i64) -> (KeyState, String) {
    let keys = of_locked(&locked(&package(3, keys)), kdms, now_ms, SOON_MS);
    (keys.state, keys.label)
}

#[test]
fn the_window_decides_to_the_millisecond() {
    let kdms = [read_text(&message()).unwrap()];
    let at = |now_ms: i64| state_at(&[10, 11], &kdms, now_ms);
    assert_eq!(at(BEGIN_MS - 1).0, KeyState::NotYetValid);
    assert_eq!(at(BEGIN_MS - 90 * 60_000), (KeyState::NotYetValid, "valid in 1 h".into()));
    assert_eq!(at(BEGIN_MS), (KeyState::Valid, "valid for 10 days".into()));
    assert_eq!(at(END_MS - SOON_MS - 1).0, KeyState::Valid);
    assert_eq!(at(END_MS - 36 * HOUR_MS), (KeyState::ExpiresSoon, "expires in 36 h".into()));
    assert_eq!(at(END_MS - 36 * HOUR_MS + 1), (KeyState::ExpiresSoon, "expires in 35 h".into()));
    assert_eq!(at(END_MS), (KeyState::ExpiresSoon, "expires in 0 min".into()));
    assert_eq!(at(END_MS + 1), (KeyState::Expired, "expired".into()));
    assert_eq!(at(i64::MIN).0, KeyState::NotYetValid);
    assert_eq!(at(i64::MAX).0, KeyState::Expired);
}

#[test]
fn a_composition_opens_by_its_own_id_and_all_its_keys() {
    let kdms = [read_text(&message()).unwrap()];
    assert_eq!(state_at(&[10, 11, 10], &kdms, BEGIN_MS).0, KeyState::Valid);
    assert_eq!(state_at(&[10, 13], &kdms, BEGIN_MS), (KeyState::Incomplete, "lacks 1 of its keys".into()));
    assert_eq!(state_at(&[10], &[], BEGIN_MS), (KeyState::Missing, "missing".into()));
    assert_eq!(state_at(&[], &kdms, BEGIN_MS).0, KeyState::NotNeeded);
    assert_eq!(of_locked(&locked(&package(4, &[10])), &kdms, BEGIN_MS, SOON_MS).state, KeyState::Missing);
}

#[test]
fn each_device_has_its_best_message_and_the_composition_the_best_device() {
    let first = read_text(&message()).unwrap();
    let mut longer = first.clone();
    longer.not_valid_after_ms = END_MS + HOUR_MS;
    let mut other = first.clone();
    other.recipient.common_name = Some("Another".into());
    other.not_valid_after_ms = BEGIN_MS;
    let keys = of_locked(&locked(&package(3, &[10])), &[first, longer, other], END_MS, SOON_MS);
    let states: Vec<_> =
        keys.compositions[0].recipients.iter().map(|one| (one.state, one.not_valid_after_ms)).collect();
    assert_eq!(states, [(KeyState::Expired, BEGIN_MS), (KeyState::ExpiresSoon, END_MS + HOUR_MS)]);
    assert_eq!((keys.state, keys.label.as_str()), (KeyState::ExpiresSoon, "expires in 1 h"));
}

proptest! {
    #[test]
    fn no_damage_makes_it_panic(changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..20), now_ms in any::<i64>()) {
        let mut bytes = message().into_bytes();
        for (position, value) in changes {
            let index = position % bytes.len();
            bytes[index] = value;
        }
        if let Ok(kdm) = read(&bytes) {
            let _ = of_locked(&locked(&package(3, &[10])), &[kdm], now_ms, SOON_MS);
        }
    }
}
