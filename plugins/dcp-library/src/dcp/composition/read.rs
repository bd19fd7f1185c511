//! From a playlist document to a [`Composition`]; what needs the rest of the package comes later.

use super::{
    Composition, ContentVersion, Encryption, Extension, Languages, Marker, Metadata, Property, Rating, Reel, ReelAsset,
    Role,
};
use crate::dcp::dialect::Dialect;
use crate::dcp::findings::{Code, shorten};
use crate::dcp::kind;
use crate::dcp::naming;
use crate::dcp::report::Report;
use crate::dcp::uuid::Id;
use crate::dcp::xml::Element;

/// Label every Dolby Atmos data type carries.
const ATMOS_DATA_TYPE: &str = "060e2b34.04010105.0e090604";

/// Reads the root element of a composition; `None` when it is another document. `mapped_id` is what
/// the asset map calls it, `fallback` the dialect when the namespace tells none.
pub fn read(root: Element<'_>, mapped_id: &Id, fallback: Dialect, report: &mut Report<'_>) -> Option<Composition> {
    if root.name() != "CompositionPlaylist" {
        return None;
    }
    let standard = report.dialect(root).unwrap_or(fallback);
    let id = report.id(root).unwrap_or_else(|| mapped_id.clone());
    if id != *mapped_id {
        report.add(Code::IdDiffers, format!("the composition calls itself {id}, the asset map calls it {mapped_id}"));
    }
    // Mastering compositions have shorter names for two elements.
    let content_title = report.string(root, "ContentTitleText").or_else(|| report.string(root, "ContentTitle"));
    let annotation = report.string(root, "AnnotationText").or_else(|| report.string(root, "Annotation"));
    let naming = content_title.as_deref().and_then(naming::decode);
    let content_kind = report
        .text(root, "ContentKind")
        .map(kind::content_kind)
        .or_else(|| naming.as_ref().and_then(|naming| naming.content_kind.clone()));
    let mut composition = blank(id, standard, report.file);
    if standard != Dialect::Imf {
        (composition.reels, composition.metadata) = read_reels(root, report);
    }
    composition.content_title = content_title;
    composition.annotation = annotation;
    composition.content_kind = content_kind;
    composition.naming = naming;
    composition.issuer = report.string(root, "Issuer");
    composition.creator = report.string(root, "Creator");
    composition.issue_date = report.string(root, "IssueDate");
    composition.signed = root.child("Signature").is_some();
    composition.content_versions = root.children_named("ContentVersion").map(read_version).collect();
    let ratings = root.child("RatingList").into_iter().flat_map(|list| list.children_named("Rating"));
    composition.ratings = ratings.map(read_rating).collect();
    Some(composition)
}

fn blank(id: Id, standard: Dialect, file: &str) -> Composition {
    Composition {
        id,
        content_title: None,
        annotation: None,
        content_kind: None,
        standard,
        issuer: None,
        creator: None,
        issue_date: None,
        edit_rate: None,
        frame_rate: None,
        duration_frames: 0,
        duration_seconds: 0.0,
        reels: Vec::new(),
        resolution: None,
        resolution_source: None,
        stereoscopic: false,
        encryption: Encryption::None,
        sound_channels: None,
        immersive_audio: false,
        languages: Languages::default(),
        signed: false,
        complete: true,
        external_asset_ids: Vec::new(),
        missing_asset_ids: Vec::new(),
        naming: None,
        file: file.to_owned(),
        content_versions: Vec::new(),
        ratings: Vec::new(),
        metadata: None,
    }
}

fn read_version(version: Element<'_>) -> ContentVersion {
    ContentVersion { id: version.child_string("Id"), label: version.child_string("LabelText") }
}

fn read_rating(rating: Element<'_>) -> Rating {
    Rating { agency: rating.child_string("Agency"), label: rating.child_string("Label") }
}

fn read_reels(root: Element<'_>, report: &mut Report<'_>) -> (Vec<Reel>, Option<Metadata>) {
    let mut metadata = None;
    let list = report.child(root, "ReelList");
    let elements = list.into_iter().flat_map(|list| list.children_named("Reel"));
    let reels = elements.zip(1_u32..).map(|(reel, index)| read_reel(reel, index, &mut metadata, report)).collect();
    (reels, metadata)
}

fn read_reel(reel: Element<'_>, index: u32, metadata: &mut Option<Metadata>, report: &mut Report<'_>) -> Reel {
    let mut read = Reel {
        id: reel.child_text("Id").and_then(Id::parse),
        index,
        duration_frames: 0,
        edit_rate: None,
        assets: Vec::with_capacity(4),
        markers: Vec::new(),
    };
    let list = report.child(reel, "AssetList");
    for element in list.into_iter().flat_map(Element::children) {
        let role = role_of(element.name());
        let Some(id) = report.id(element) else {
            if role != Role::Other {
                report.add(
                    Code::ValueMissing,
                    format!("{} of reel {index} has no id and is passed over", shorten(element.name())),
                );
            }
            continue;
        };
        read.assets.push(read_asset(element, role, id, report));
        match role {
            Role::Markers => read.markers.extend(read_markers(element, report)),
            Role::Metadata if metadata.is_none() => *metadata = Some(read_metadata(element)),
            _ => {}
        }
    }
    read
}

fn role_of(element: &str) -> Role {
    match element {
        "MainPicture" | "MainStereoscopicPicture" => Role::Picture,
        "MainSound" => Role::Sound,
        "MainSubtitle" => Role::Subtitle,
        "MainClosedCaption" | "ClosedCaption" | "MainCaption" | "ClosedSubtitle" => Role::ClosedCaption,
        "AuxData" => Role::Auxiliary,
        "MainMarkers" => Role::Markers,
        "CompositionMetadataAsset" => Role::Metadata,
        _ => Role::Other,
    }
}

fn read_asset(element: Element<'_>, role: Role, id: Id, report: &mut Report<'_>) -> ReelAsset {
    let entry_point = report.number(element, "EntryPoint").unwrap_or(0);
    let intrinsic = report.number(element, "IntrinsicDuration");
    let duration = report.number(element, "Duration");
    ReelAsset {
        id,
        element: shorten(element.name()).into_owned(),
        role,
        edit_rate: report.rate(element, "EditRate"),
        entry_point,
        duration_frames: duration.unwrap_or_else(|| intrinsic.unwrap_or(0).saturating_sub(entry_point)),
        intrinsic_duration_frames: intrinsic,
        key_id: report.text(element, "KeyId").and_then(Id::parse),
        hash: report.hash(element),
        frame_rate: if role == Role::Picture { report.rate(element, "FrameRate") } else { None },
        screen_aspect_ratio: if role == Role::Picture { report.string(element, "ScreenAspectRatio") } else { None },
        language: report.string(element, "Language"),
        immersive: is_immersive(element, role),
        in_package: false,
    }
}

/// Atmos by its data type, or by Dolby's namespace when no type is given; IAB by its element name.
fn is_immersive(element: Element<'_>, role: Role) -> bool {
    match role {
        Role::Auxiliary => match element.child_text("DataType") {
            Some(data_type) => data_type.to_ascii_lowercase().contains(ATMOS_DATA_TYPE),
            None => element.namespace().contains("dolby.com/"),
        },
        Role::Other => element.name().contains("IAB") || element.name().contains("Immersive"),
        _ => false,
    }
}

fn read_markers(element: Element<'_>, report: &mut Report<'_>) -> Vec<Marker> {
    let list = report.child(element, "MarkerList");
    list.into_iter()
        .flat_map(|list| list.children_named("Marker"))
        .filter_map(|marker| {
            Some(Marker { label: marker.child_string("Label")?, offset_frames: report.number(marker, "Offset")? })
        })
        .collect()
}

fn read_metadata(element: Element<'_>) -> Metadata {
    let attribute = |child: &str, name: &str| Some(element.child(child)?.attribute(name)?.into_owned());
    let area = |name: &str| {
        let area = element.child(name)?;
        Some([area.child_text("Width")?.parse().ok()?, area.child_text("Height")?.parse().ok()?])
    };
    Metadata {
        full_content_title: element.child_string("FullContentTitleText"),
        release_territory: element.child_string("ReleaseTerritory"),
        version_number: element.child_string("VersionNumber"),
        version_status: attribute("VersionNumber", "status"),
        chain: element.child_string("Chain"),
        distributor: element.child_string("Distributor"),
        facility: element.child_string("Facility"),
        luminance: element.child_string("Luminance"),
        luminance_units: attribute("Luminance", "units"),
        sound_configuration: element.child_string("MainSoundConfiguration"),
        sound_sample_rate: element.child_text("MainSoundSampleRate").and_then(crate::dcp::rational::Rational::parse),
        stored_area: area("MainPictureStoredArea"),
        active_area: area("MainPictureActiveArea"),
        subtitle_languages: element
            .child_text("MainSubtitleLanguageList")
            .map(|list| list.split_whitespace().map(str::to_owned).collect())
            .unwrap_or_default(),
        extensions: element
            .child("ExtensionMetadataList")
            .into_iter()
            .flat_map(|list| list.children_named("ExtensionMetadata"))
            .map(read_extension)
            .collect(),
    }
}

fn read_extension(extension: Element<'_>) -> Extension {
    let properties = extension.child("PropertyList").into_iter().flat_map(|list| list.children_named("Property"));
    Extension {
        scope: extension.attribute("scope").map(std::borrow::Cow::into_owned),
        name: extension.child_string("Name"),
        properties: properties
            .map(|property| Property { name: property.child_string("Name"), value: property.child_string("Value") })
            .collect(),
    }
}
