//! Extended metadata of a composition (ST 429-16), from the first reel.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::ContentVersion;
use super::read::read_version;
use crate::dcp::feature::Feature;
use crate::dcp::rational::Rational;
use crate::dcp::xml::{Element, bounded};

/// Most sound labels, alternate versions or extensions kept.
const MAX_ENTRIES: usize = 256;

/// Extended metadata (ST 429-16), values as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Title without the limits of the convention.
    pub full_content_title: Option<String>,
    /// Territory it is released in.
    pub release_territory: Option<String>,
    /// Namespace of the territory; absent for country and area codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_territory_scope: Option<String>,
    /// Version of the composition.
    pub version_number: Option<String>,
    /// `final`, `temp` or `pre`.
    pub version_status: Option<String>,
    /// Cinema chain it is made for.
    pub chain: Option<String>,
    /// Who distributes it.
    pub distributor: Option<String>,
    /// Who made it.
    pub facility: Option<String>,
    /// Screen luminance it is graded for.
    pub luminance: Option<String>,
    /// Unit of the luminance.
    pub luminance_units: Option<String>,
    /// Sound field and channel labels, such as `51/L,R,C,LFE,Ls,Rs`.
    pub sound_configuration: Option<String>,
    /// Sound samples a second.
    pub sound_sample_rate: Option<Rational>,
    /// Width and height of the stored picture.
    pub stored_area: Option<[u32; 2]>,
    /// Width and height of the picture without bars.
    pub active_area: Option<[u32; 2]>,
    /// Language tags of the subtitles.
    pub subtitle_languages: Vec<String>,
    /// Content versions beside the one of the composition.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternate_versions: Vec<ContentVersion>,
    /// Labels of sound fields and channels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sound_labels: Vec<SoundLabel>,
    /// Named groups of further values.
    pub extensions: Vec<Extension>,
}

/// One extension of the metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Namespace of the name.
    pub scope: Option<String>,
    /// Name of the extension.
    pub name: Option<String>,
    /// Its values.
    pub properties: Vec<Property>,
}

/// One value of an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// Name.
    pub name: Option<String>,
    /// Value.
    pub value: Option<String>,
}

/// One label of the sound: of a whole field or of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundLabel {
    /// Tag, such as `sg51` or `chHI`.
    pub symbol: String,
    /// Name in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Channel of the track, from 1; absent for fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<u32>,
    /// Language spoken in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

impl Metadata {
    /// Profiles and technologies its extensions claim, each once.
    #[must_use]
    pub fn features(&self) -> Vec<Feature> {
        let mut features = Vec::new();
        for extension in &self.extensions {
            let name = extension.name.as_deref().unwrap_or_default();
            let alone = Feature::of_extension(name, None, None);
            let of_property =
                |property: &Property| Feature::of_extension(name, property.name.as_deref(), property.value.as_deref());
            for feature in alone.into_iter().chain(extension.properties.iter().filter_map(of_property)) {
                if !features.contains(&feature) {
                    features.push(feature);
                }
            }
        }
        features
    }
}

/// Reads the metadata element of a reel.
pub(super) fn read(element: Element<'_>) -> Metadata {
    let attribute = |child: &str, name: &str| Some(bounded(&element.child(child)?.attribute(name)?));
    let area = |name: &str| {
        let area = element.child(name)?;
        Some([area.child_text("Width")?.parse().ok()?, area.child_text("Height")?.parse().ok()?])
    };
    let list = |list: &str, entry: &'static str| {
        element.child(list).into_iter().flat_map(move |list| list.children_named(entry)).take(MAX_ENTRIES)
    };
    Metadata {
        full_content_title: element.child_string("FullContentTitleText"),
        release_territory: element.child_string("ReleaseTerritory"),
        release_territory_scope: attribute("ReleaseTerritory", "scope"),
        version_number: element.child_string("VersionNumber"),
        version_status: attribute("VersionNumber", "status"),
        chain: element.child_string("Chain"),
        distributor: element.child_string("Distributor"),
        facility: element.child_string("Facility"),
        luminance: element.child_string("Luminance"),
        luminance_units: attribute("Luminance", "units"),
        sound_configuration: element.child_string("MainSoundConfiguration"),
        sound_sample_rate: element.child_text("MainSoundSampleRate").and_then(Rational::parse),
        stored_area: area("MainPictureStoredArea"),
        active_area: area("MainPictureActiveArea"),
        subtitle_languages: element
            .child_text("MainSubtitleLanguageList")
            .map(|list| list.split_whitespace().take(MAX_ENTRIES).map(bounded).collect())
            .unwrap_or_default(),
        alternate_versions: list("AlternateContentVersionList", "ContentVersion").map(read_version).collect(),
        sound_labels: element.child("MCASubDescriptors").map(sound_labels).unwrap_or_default(),
        extensions: list("ExtensionMetadataList", "ExtensionMetadata").map(read_extension).collect(),
    }
}

/// The descriptors stand side by side, each with the elements of its track's label set.
fn sound_labels(descriptors: Element<'_>) -> Vec<SoundLabel> {
    let label = |descriptor: Element<'_>| {
        Some(SoundLabel {
            symbol: descriptor.child_string("MCATagSymbol")?,
            name: descriptor.child_string("MCATagName"),
            channel: descriptor.child_text("MCAChannelID").and_then(|channel| channel.parse().ok()),
            language: descriptor.child_string("RFC5646SpokenLanguage"),
        })
    };
    descriptors.children().filter_map(label).take(MAX_ENTRIES).collect()
}

fn read_extension(extension: Element<'_>) -> Extension {
    let properties = extension.child("PropertyList").into_iter().flat_map(|list| list.children_named("Property"));
    Extension {
        scope: extension.attribute("scope").map(Cow::into_owned),
        name: extension.child_string("Name"),
        properties: properties
            .take(MAX_ENTRIES)
            .map(|property| Property { name: property.child_string("Name"), value: property.child_string("Value") })
            .collect(),
    }
}
