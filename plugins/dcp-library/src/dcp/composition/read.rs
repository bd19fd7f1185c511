//! From a playlist document to a [`Composition`]; what needs the rest of the package comes later.

use super::{
    Composition, ContentVersion, Encryption, Languages, Marker, Metadata, Rating, Reel, ReelAsset, Role, metadata,
};
use crate::dcp::dialect::Dialect;
use crate::dcp::findings::{Code, shorten};
use crate::dcp::kind;
use crate::dcp::naming;
use crate::dcp::report::Report;
use crate::dcp::signature;
use crate::dcp::uuid::Id;
use crate::dcp::xml::{Element, bounded};

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
    let kind_element = report.child(root, "ContentKind");
    let content_kind = kind_element
        .and_then(Element::text)
        .map(kind::content_kind)
        .or_else(|| naming.as_ref().and_then(|naming| naming.content_kind.clone()));
    let mut composition = blank(id, standard, report.file);
    if standard != Dialect::Imf {
        (composition.reels, composition.metadata) = read_reels(root, report);
    }
    composition.content_title = content_title;
    composition.annotation = annotation;
    composition.content_kind = content_kind;
    composition.kind_scope = kind_element.and_then(|kind| kind.attribute("scope")).map(|scope| bounded(&scope));
    composition.naming = naming;
    composition.issuer = report.string(root, "Issuer");
    composition.creator = report.string(root, "Creator");
    composition.issue_date = report.string(root, "IssueDate");
    composition.signed = root.child("Signature").is_some();
    composition.signer = signature::signer(root);
    composition.features = composition.metadata.as_ref().map(Metadata::features).unwrap_or_default();
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
        kind_scope: None,
        standard,
        issuer: None,
        creator: None,
        issue_date: None,
        edit_rate: None,
        frame_rate: None,
        high_frame_rate: false,
        duration_frames: 0,
        duration_seconds: 0.0,
        reels: Vec::new(),
        resolution: None,
        resolution_source: None,
        stereoscopic: false,
        encryption: Encryption::None,
        sound_channels: None,
        sound_layout: None,
        immersive_audio: false,
        immersive_format: None,
        languages: Languages::default(),
        signed: false,
        signer: None,
        complete: true,
        external_asset_ids: Vec::new(),
        missing_asset_ids: Vec::new(),
        naming: None,
        file: file.to_owned(),
        content_versions: Vec::new(),
        ratings: Vec::new(),
        features: Vec::new(),
        end_credits_seconds: None,
        metadata: None,
    }
}

pub(super) fn read_version(version: Element<'_>) -> ContentVersion {
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

fn read_reel(reel: Element<'_>, index: u32, found: &mut Option<Metadata>, report: &mut Report<'_>) -> Reel {
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
            Role::Metadata if found.is_none() => *found = Some(metadata::read(element)),
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
        data_type: if role == Role::Auxiliary { report.string(element, "DataType") } else { None },
        immersive: is_immersive(element, role),
        in_package: false,
    }
}

/// Told by the element alone: Dolby's namespace where no data type is given, or a name that says so.
fn is_immersive(element: Element<'_>, role: Role) -> bool {
    match role {
        Role::Auxiliary => element.child("DataType").is_none() && element.namespace().contains("dolby.com/"),
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
