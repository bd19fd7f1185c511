//! A package as the list shows it: what the table needs, computed once when the package is read.

use crate::dcp::composition::{Composition, Encryption};
use crate::dcp::findings::Severity;
use crate::dcp::package::Package;
use serde::Serialize;
use uuid::Uuid;

/// The unchanging part of a list row; id, state, verification and place are added when it is listed.
#[derive(Serialize)]
pub struct Summary<'a> {
    assetmap_uuid: String,
    package_name: &'a str,
    content_title: Option<&'a str>,
    content_kind: Option<&'a str>,
    issue_date: Option<&'a str>,
    issuer: Option<&'a str>,
    creator: Option<&'a str>,
    volume_count: u32,
    total_size_bytes: u64,
    file_count: u64,
    format: Option<String>,
    encryption: Encryption,
    compositions: usize,
    has_errors: bool,
    package_type: Option<&'static str>,
    resolution: Option<&'static str>,
    stereoscopic: bool,
    sound_channels: Option<u32>,
    immersive_audio: bool,
    duration_seconds: Option<f64>,
    languages: Languages<'a>,
}

#[derive(Serialize, Default)]
struct Languages<'a> {
    sound: Vec<&'a str>,
    subtitle: Vec<&'a str>,
    closed_caption: Vec<&'a str>,
}

impl<'a> Summary<'a> {
    /// The row of a package.
    pub fn of(package: &'a Package) -> Self {
        let main = package.main_composition();
        let text = |composition: &'a Composition| (&composition.languages.sound, &composition.languages.subtitle);
        let languages = main.map(|composition| {
            let (sound, subtitle) = text(composition);
            Languages {
                sound: sound.iter().map(String::as_str).collect(),
                subtitle: subtitle.iter().map(String::as_str).collect(),
                closed_caption: composition.languages.closed_caption.iter().map(String::as_str).collect(),
            }
        });
        Self {
            assetmap_uuid: assetmap(package),
            package_name: &package.package_name,
            content_title: package.content_title.as_deref(),
            content_kind: package.content_kind.as_deref(),
            issue_date: package.issue_date.as_deref(),
            issuer: package.issuer.as_deref(),
            creator: package.creator.as_deref(),
            volume_count: package.volume_count,
            total_size_bytes: package.total_size_bytes,
            file_count: package.file_count,
            format: word(&package.format),
            encryption: encryption(package),
            compositions: package.compositions.len(),
            has_errors: package.findings.iter().any(|finding| finding.severity == Severity::Error),
            package_type: package_type(package),
            resolution: main.and_then(|composition| composition.resolution).map(|[width, _]| class(width)),
            stereoscopic: main.is_some_and(|composition| composition.stereoscopic),
            sound_channels: main.and_then(|composition| composition.sound_channels),
            immersive_audio: main.is_some_and(|composition| composition.immersive_audio),
            duration_seconds: main.map(|composition| composition.duration_seconds),
            languages: languages.unwrap_or_default(),
        }
    }
}

fn class(width: u32) -> &'static str {
    if width >= 7_000 {
        "8K"
    } else if width >= 3_800 {
        "4K"
    } else {
        "2K"
    }
}

/// The asset map's id as text, empty when it has none.
pub fn assetmap(package: &Package) -> String {
    package.assetmap_uuid.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// Version file when a composition takes tracks from elsewhere, original version when none does.
fn package_type(package: &Package) -> Option<&'static str> {
    if package.compositions.is_empty() {
        None
    } else if package.external_asset_ids().is_empty() {
        Some("OV")
    } else {
        Some("VF")
    }
}

/// Over all compositions.
pub fn encryption(package: &Package) -> Encryption {
    let all = |wanted: Encryption| package.compositions.iter().all(|composition| composition.encryption == wanted);
    if all(Encryption::None) {
        Encryption::None
    } else if all(Encryption::Full) {
        Encryption::Full
    } else {
        Encryption::Partial
    }
}

/// A unit enum as its JSON word.
pub fn word<T: Serialize>(value: &T) -> Option<String> {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned))
}

/// Lower-cased texts that search looks through: whole ones, each once.
pub fn words(package: &Package) -> String {
    let titles = package.compositions.iter().map(|composition| &composition.content_title);
    let facts = [&package.content_title, &package.content_kind, &package.issuer, &package.creator];
    let mut all = package.package_name.to_lowercase();
    for text in facts.into_iter().chain(titles).flatten().map(|text| text.to_lowercase()) {
        if !all.contains(&text) {
            all.push(' ');
            all.push_str(&text);
        }
    }
    all
}

/// Ids that search finds the package by: of asset map, compositions and packing lists.
pub fn ids(package: &Package) -> String {
    let compositions = package.compositions.iter().map(|composition| composition.id.to_string());
    let lists = package.packing_lists.iter().map(|list| list.id.to_string());
    std::iter::once(assetmap(package)).chain(compositions).chain(lists).collect::<Vec<_>>().join(" ")
}

/// The same package has the same id at every place and site: it is made from the ids of asset map and packing lists.
/// What has no ids is known by its place.
pub fn package_id(package: &Package, mount: &str, path: &str) -> String {
    let name = package.key().unwrap_or_else(|| format!("place:{mount}/{path}"));
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string()
}

/// Tells packages apart that carry the same ids. Copies are one package with several places when everything a listing
/// shows is the same: folder name, files, what is there of them. A copy that is still arriving is a package of its own
/// until it is whole.
pub fn content_mark(package: &Package) -> String {
    let mut lines: Vec<String> = package
        .assets
        .iter()
        .map(|asset| {
            let (path, hash) =
                (asset.path.as_deref().unwrap_or_default(), asset.pkl_hash.as_deref().unwrap_or_default());
            format!("{} {} {hash} {path}", asset.id, asset.size_bytes)
        })
        .chain(package.foreign_files.iter().map(|file| format!("foreign {file}")))
        .collect();
    lines.sort_unstable();
    let state = word(&package.state).unwrap_or_default();
    let text = format!("{}\n{state}\n{}", package.package_name, lines.join("\n"));
    Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).to_string()
}
