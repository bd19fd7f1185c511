//! Facts drawn from the extended metadata, from markers and from auxiliary tracks.

use super::*;
use crate::dcp::feature::Feature;
use crate::dcp::mxf::{ChannelLabel, Essence};

const METADATA: &str = "<FullContentTitleText>Night of Facts</FullContentTitleText>\
    <ReleaseTerritory scope='urn:regions'>US</ReleaseTerritory><VersionNumber status='temp'>3</VersionNumber>\
    <Luminance units='foot-lambert'>14</Luminance><Chain>Megaplex</Chain>\
    <AlternateContentVersionList><ContentVersion><Id>urn:uri:a</Id><LabelText>A</LabelText></ContentVersion></AlternateContentVersionList>\
    <MainSoundConfiguration>71/L,R,C,LFE,Lss,Rss,HI,VIN,-,-,Lrs,Rrs,-,FSKSync,-,-</MainSoundConfiguration>\
    <MainPictureActiveArea><Width>1998</Width><Height>836</Height></MainPictureActiveArea>\
    <m:MCASubDescriptors xmlns:m='http://isdcf.com/ns/cplmd/mca'><m:Sound><m:MCATagSymbol>chHI</m:MCATagSymbol>\
    <m:MCAChannelID>7</m:MCAChannelID><m:RFC5646SpokenLanguage>en</m:RFC5646SpokenLanguage></m:Sound></m:MCASubDescriptors>\
    <ExtensionMetadataList><ExtensionMetadata scope='http://isdcf.com/ns/cplmd/app'><Name>Application</Name><PropertyList>\
    <Property><Name>DCP Constraints Profile</Name><Value>SMPTE-RDD-52:2020-Bv2.1</Value></Property>\
    <Property><Name>IAB Profile</Name><Value>SMPTE-ST-2098-2:2019-P1</Value></Property></PropertyList></ExtensionMetadata>\
    <ExtensionMetadata><Name>Dolby EDR</Name></ExtensionMetadata>\
    <ExtensionMetadata><Name>Image Encoding Parameters</Name><PropertyList><Property><Name>EOTF</Name><Value>ST 2084</Value></Property></PropertyList></ExtensionMetadata>\
    </ExtensionMetadataList>";

fn draw_one(reel: &str, tracks: &All) -> (Composition, Vec<Code>) {
    draw(SMPTE, "x", &[reel.to_owned()], tracks)
}

#[test]
fn metadata_is_kept_whole_and_its_extensions_understood() {
    let (composition, codes) = draw_one(&asset("CompositionMetadataAsset", "03", METADATA), &All::default());
    let metadata = composition.metadata.as_ref().unwrap();
    assert_eq!(
        (metadata.release_territory_scope.as_deref(), metadata.chain.as_deref()),
        (Some("urn:regions"), Some("Megaplex"))
    );
    assert_eq!((metadata.version_number.as_deref(), metadata.version_status.as_deref()), (Some("3"), Some("temp")));
    assert_eq!((metadata.luminance.as_deref(), metadata.active_area), (Some("14"), Some([1998, 836])));
    assert_eq!(metadata.alternate_versions[0].label.as_deref(), Some("A"));
    let label = &metadata.sound_labels[0];
    assert_eq!((label.symbol.as_str(), label.channel, label.language.as_deref()), ("chHI", Some(7), Some("en")));
    assert_eq!(composition.features, [Feature::Bv21, Feature::IabProfile, Feature::DolbyVision, Feature::Hdr]);
    let layout = composition.sound_layout.unwrap();
    assert_eq!(
        (layout.soundfield.as_deref(), layout.channels.len(), layout.source),
        (Some("71"), 16, LayoutSource::Metadata)
    );
    assert_eq!((layout.channels[7].as_deref(), &layout.channels[8]), (Some("VIN"), &None));
    assert_eq!(composition.sound_channels, Some(16));
    assert!(codes.contains(&Code::ProfileBv21));
}

#[test]
fn the_track_gives_the_layout_where_the_metadata_does_not_and_counts_where_they_differ() {
    let labels = [(2, "chR"), (1, "chL")]
        .map(|(channel, symbol)| ChannelLabel { channel: Some(channel), symbol: symbol.into() });
    let header = Header {
        channels: Some(4),
        soundfield: Some("sgST".into()),
        channel_labels: labels.into(),
        ..Header::default()
    };
    let tracks = All([(id("04"), header)].into());
    let sound = asset("MainSound", "04", "");
    let (composition, _) = draw_one(&sound, &tracks);
    let layout = composition.sound_layout.unwrap();
    assert_eq!((layout.soundfield.as_deref(), layout.source), (Some("ST"), LayoutSource::Mxf));
    assert_eq!(layout.channels, [Some("L".to_owned()), Some("R".to_owned()), None, None]);
    let (composition, codes) = draw_one(&(sound + &asset("CompositionMetadataAsset", "03", METADATA)), &tracks);
    assert_eq!((composition.sound_channels, codes.contains(&Code::SoundLayoutDiffers)), (Some(4), true));
    assert_eq!(SoundLayout::of_configuration("None"), None);
}

#[test]
fn the_credits_begin_at_their_first_marker_after_the_reels_before() {
    let reel = |markers: &str| {
        let list = format!("<MarkerList>{markers}</MarkerList>");
        asset("MainPicture", "02", "<EditRate>24 1</EditRate>") + &asset("MainMarkers", "0f", &list)
    };
    let marker = |label: &str, offset: u32| format!("<Marker><Label>{label}</Label><Offset>{offset}</Offset></Marker>");
    let reels = [reel(""), reel(&(marker("FFMC", 12) + &marker("FFEC", 24)))];
    assert_eq!(draw(SMPTE, "x", &reels, &All::default()).0.end_credits_seconds, Some(3.0));
    let moving = [reel(""), reel(&marker("FFMC", 12))];
    assert_eq!(draw(SMPTE, "x", &moving, &All::default()).0.end_credits_seconds, Some(2.5));
    assert_eq!(draw(SMPTE, "x", &reels[..1], &All::default()).0.end_credits_seconds, None);
}

#[test]
fn immersive_sound_is_told_by_type_by_header_and_by_claim() {
    let data = |label: &str| asset("AuxData", "05", &format!("<DataType>urn:smpte:ul:{label}</DataType>"));
    let format = |reel: &str, tracks: &All| draw_one(reel, tracks).0.immersive_format;
    let atmos = data("060E2B34.04010105.0E090604.00000000");
    assert_eq!(format(&atmos, &All::default()), Some(ImmersiveFormat::Atmos));
    let other = data("060e2b34.04010105.0e090699.00000000");
    assert_eq!(format(&other, &All::default()), None);
    let of = |essence| All([(id("05"), Header { essence: Some(essence), ..Header::default() })].into());
    assert_eq!(format(&other, &of(Essence::Iab)), Some(ImmersiveFormat::Iab));
    let claimed = other.clone() + &asset("CompositionMetadataAsset", "03", METADATA);
    assert_eq!(format(&claimed, &All::default()), Some(ImmersiveFormat::Iab));
    assert_eq!(format(&claimed, &of(Essence::Data)), None);
    assert!(draw_one(&asset("ImmersiveAudio", "05", ""), &All::default()).0.immersive_audio);
}

#[test]
fn rates_from_48_are_high_and_odd_ones_unusual() {
    let picture = |rate: &str| asset("MainPicture", "02", &format!("<EditRate>{rate}</EditRate>"));
    let drawn = |rate: &str| {
        let (composition, codes) = draw_one(&picture(rate), &All::default());
        (composition.high_frame_rate, codes.contains(&Code::FrameRateUnusual))
    };
    assert_eq!(drawn("24 1"), (false, false));
    assert_eq!(drawn("48 1"), (true, false));
    assert_eq!(drawn("48000 1001"), (true, true));
    assert_eq!(drawn("23 1"), (false, true));
    assert!(draw_one(&picture("24 1"), &All::default()).1.contains(&Code::SoundAbsent));
}

#[test]
fn claims_about_sound_kind_aspect_and_version_are_held_against_the_facts() {
    let reel = asset("MainPicture", "02", "<ScreenAspectRatio>2048 858</ScreenAspectRatio>")
        + &asset("MainSound", "03", "<Language>fr-CA</Language>");
    let header = Header { channels: Some(6), ..Header::default() };
    let title = "Film_FTR-1_F_EN-XX_INT_71-ATMOS_2K_SMPTE_VF";
    let text_kind = reel
        + "</AssetList></Reel></ReelList><ContentKind scope='urn:kinds'>Trailer</ContentKind><ReelList><Reel><AssetList>";
    let (composition, codes) = draw(SMPTE, title, &[text_kind], &All([(id("03"), header)].into()));
    assert_eq!(
        (composition.content_kind.as_deref(), composition.kind_scope.as_deref()),
        (Some("trailer"), Some("urn:kinds"))
    );
    // Kind, aspect, channels, immersive sound, language, version.
    assert_eq!(codes.iter().filter(|code| **code == Code::ClaimDiffers).count(), 6, "{codes:?}");
}
