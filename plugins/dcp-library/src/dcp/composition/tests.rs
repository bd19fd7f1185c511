//! Facts drawn from single compositions.

mod metadata;

use std::collections::HashMap;

use super::*;
use crate::dcp::findings::{Code, Findings};
use crate::dcp::mxf::Header;
use crate::dcp::report::Report;
use crate::dcp::xml::Document;

/// Every track is in the package; headers as given.
#[derive(Default)]
struct All(HashMap<Id, Header>);

impl TrackFacts for All {
    fn is_listed(&self, id: &Id) -> bool {
        !id.to_string().ends_with("ff")
    }

    fn is_present(&self, _: &Id) -> bool {
        true
    }

    fn header(&self, id: &Id) -> Option<&Header> {
        self.0.get(id)
    }

    fn language(&self, _: &Id) -> Option<&str> {
        None
    }
}

fn id(text: &str) -> Id {
    Id::parse(&format!("00000000-0000-4000-8000-0000000000{text}")).unwrap()
}

fn asset(element: &str, number: &str, more: &str) -> String {
    format!("<{element}><Id>urn:uuid:{}</Id><IntrinsicDuration>48</IntrinsicDuration>{more}</{element}>", id(number))
}

fn draw(namespace: &str, title: &str, reels: &[String], tracks: &All) -> (Composition, Vec<Code>) {
    let reels: String = reels.iter().map(|reel| format!("<Reel><AssetList>{reel}</AssetList></Reel>")).collect();
    let text = format!(
        "<CompositionPlaylist xmlns='{namespace}'><ContentTitleText>{title}</ContentTitleText><ReelList>{reels}</ReelList></CompositionPlaylist>"
    );
    let document = Document::parse(&text).unwrap();
    let mut findings = Findings::default();
    let mut report = Report { file: "cpl.xml", findings: &mut findings };
    let mut composition = read(document.root(), &id("01"), Dialect::Smpte, &mut report).unwrap();
    draw_facts(&mut composition, tracks);
    check(&composition, &mut report);
    (composition, findings.into_list().into_iter().map(|finding| finding.code).collect())
}

const SMPTE: &str = "http://www.smpte-ra.org/schemas/429-7/2006/CPL";
const INTEROP: &str = "http://www.digicine.com/PROTO-ASDCP-CPL-20040511#";

#[test]
fn the_track_header_outranks_metadata_and_aspect() {
    let picture =
        asset("MainPicture", "02", "<EditRate>24 1</EditRate><ScreenAspectRatio>2048 858</ScreenAspectRatio>");
    let metadata = asset(
        "CompositionMetadataAsset",
        "03",
        "<MainPictureStoredArea><Width>4096</Width><Height>1716</Height></MainPictureStoredArea><MainSoundConfiguration>71/L,R,C,LFE,Lss,Rss,-,-</MainSoundConfiguration><MainSubtitleLanguageList>fr de</MainSubtitleLanguageList>",
    );
    let size = |reel: String, tracks: &All| draw(SMPTE, "x", &[reel], tracks).0;
    let from_aspect = size(picture.clone(), &All::default());
    assert_eq!(
        (from_aspect.resolution, from_aspect.resolution_source),
        (Some([2048, 858]), Some(ResolutionSource::ScreenAspectRatio))
    );
    let from_metadata = size(picture.clone() + &metadata, &All::default());
    assert_eq!((from_metadata.resolution, from_metadata.sound_channels), (Some([4096, 1716]), Some(8)));
    assert_eq!(from_metadata.languages.subtitle, ["fr", "de"]);
    assert_eq!(from_metadata.encryption, Encryption::None);
    let header = Header { stored_size: Some([1998, 1080]), stereoscopic: true, ..Header::default() };
    let from_track = size(picture + &metadata, &All([(id("02"), header)].into()));
    assert_eq!((from_track.resolution, from_track.stereoscopic), (Some([1998, 1080]), true));
    let ratio = size(asset("MainPicture", "02", "<ScreenAspectRatio>185 0</ScreenAspectRatio>"), &All::default());
    assert_eq!(ratio.resolution, None);
}

#[test]
fn reels_of_different_rates_sum_exactly_and_fall_back_to_sound() {
    let first =
        asset("MainPicture", "02", "<EditRate>24 1</EditRate><EntryPoint>24</EntryPoint><FrameRate>48 1</FrameRate>");
    let second = asset("MainSound", "03", "<EditRate>48 1</EditRate>");
    let (composition, codes) = draw(SMPTE, "x", &[first, second, String::new()], &All::default());
    assert_eq!((composition.duration_frames, composition.duration_seconds), (72, 2.0));
    assert_eq!((composition.edit_rate, composition.frame_rate), (Rational::new(24, 1), Rational::new(48, 1)));
    assert_eq!(composition.reels.iter().map(|reel| reel.index).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(codes.contains(&Code::ReelEmpty) && codes.contains(&Code::TitleOffConvention));
}

#[test]
fn interop_subtitles_do_not_count_for_encryption() {
    let key = "<KeyId>urn:uuid:00000000-0000-4000-8000-0000000000aa</KeyId>";
    let reel = asset("MainPicture", "02", key)
        + &asset("MainSound", "03", key)
        + &asset("MainSubtitle", "04", "<Language>French</Language>");
    assert_eq!(draw(INTEROP, "x", std::slice::from_ref(&reel), &All::default()).0.encryption, Encryption::Full);
    assert_eq!(draw(SMPTE, "x", &[reel], &All::default()).0.encryption, Encryption::Partial);
}

#[test]
fn elements_without_a_file_are_never_external() {
    let markers = "<MarkerList><Marker><Label>FFEC</Label><Offset>12</Offset></Marker><Marker><Label>bad</Label></Marker></MarkerList>";
    let atmos = "<d:AuxData xmlns:d='http://www.dolby.com/schemas/2012/AD'><Id>00000000-0000-4000-8000-0000000000ff</Id>\
        <d:DataType>urn:smpte:ul:060e2b34.04010105.0e090604.00000000</d:DataType></d:AuxData>";
    let reel =
        asset("MainMarkers", "0f", markers) + &asset("ProjectorData", "ff", "") + atmos + "<Strange/><MainSound/>";
    let (composition, codes) = draw(SMPTE, "x", &[reel], &All::default());
    assert_eq!(composition.external_asset_ids, [id("ff")]);
    assert!(composition.immersive_audio && !composition.complete);
    assert_eq!(composition.reels[0].markers, [Marker { label: "FFEC".into(), offset_frames: 12 }]);
    assert_eq!(composition.reels[0].assets.len(), 3);
    assert!(codes.contains(&Code::ValueMissing));
}

#[test]
fn claims_of_the_title_are_held_against_the_facts() {
    let picture = asset("MainPicture", "02", "<ScreenAspectRatio>1998 1080</ScreenAspectRatio>");
    let (composition, codes) = draw(INTEROP, "Film_TSR-3D_F_EN-XX_51_4K_SMPTE_OV", &[picture], &All::default());
    assert_eq!(codes.iter().filter(|code| **code == Code::ClaimDiffers).count(), 3);
    assert_eq!(composition.content_kind.as_deref(), Some("teaser"));
    assert_eq!((composition.id, composition.stereoscopic), (id("01"), false));
}

#[test]
fn mastering_compositions_are_set_aside() {
    let (composition, codes) =
        draw("http://www.smpte-ra.org/schemas/2067-3/2016", "x", &[asset("MainPicture", "02", "")], &All::default());
    assert_eq!((composition.standard, composition.reels.len(), codes.len()), (Dialect::Imf, 0, 0));
}
