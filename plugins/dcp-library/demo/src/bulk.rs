//! Many small good packages for benchmarks: about 8 KiB of XML each, and tracks of little more than a header.

use crate::package::{Dialect, Element, File, Package, Part, hash};
use crate::playlist::Playlist;
use crate::random::Random;
use crate::track::{self, Essence, Track};
use anyhow::Result;
use std::path::Path;

const FIRST: &[&str] =
    &["Amber", "Copper", "Distant", "Hidden", "Last", "Paper", "Quiet", "Silver", "Velvet", "Winter"];
const SECOND: &[&str] =
    &["Bridge", "Comet", "Garden", "Harbour", "Island", "Letter", "Orchard", "Station", "Tide", "Window"];
const KINDS: &[&str] =
    &["FTR-1 feature", "TLR-1 trailer", "TLR-2 trailer", "ADV advertisement", "SHR short", "TSR-1 teaser"];
const LANGUAGES: &[&str] = &["EN", "FR", "DE", "ES", "IT", "JA", "SV", "FI"];
/// Reels of a package unless told otherwise.
pub const REELS: u32 = 3;

/// Writes `count` packages, in folders of 500. Shape: the number written.
pub fn write(folder: &Path, count: u32, reels: u32, seed: u64) -> Result<usize> {
    for number in 0..count {
        let mut random = Random::new(seed, &number.to_string());
        let package = make(number, reels, &mut random);
        package.write(&folder.join(format!("{:03}", number / 500)), &mut random)?;
    }
    Ok(count as usize)
}

fn make(number: u32, reels: u32, random: &mut Random) -> Package {
    let dialect = if number.is_multiple_of(3) { Dialect::Interop } else { Dialect::Smpte };
    let film = format!("{}{}{number}", random.pick(FIRST), random.pick(SECOND));
    let (code, kind) = random.pick(KINDS).split_once(' ').unwrap_or(("TLR-1", "trailer"));
    let language = random.pick(LANGUAGES);
    let (month, day) = (random.between(1, 12), random.between(1, 28));
    let standard = dialect.choose("IOP", "SMPTE");
    let title = format!("{film}_{code}_F_{language}-XX_INT_51_2K_BLK_2026{month:02}{day:02}_LHP_{standard}_OV");
    let frames = random.between(240, 40_000);
    let mut files = Vec::new();
    let mut reel = || {
        let picture = Essence::Picture { width: 1_998, height: 1_080, stereoscopic: false };
        let sound = Essence::Sound { channels: 6 };
        let mut parts = vec![
            part(Element::Picture, &picture, frames, dialect, &mut files, random),
            part(Element::Sound, &sound, frames, dialect, &mut files, random),
        ];
        parts[0].size = Some((1_998, 1_080));
        parts[1].language = Some(language.to_lowercase());
        parts
    };
    let reels = (0..reels).map(|_| reel()).collect();
    let issued = format!("2026-{month:02}-{day:02}T10:00:00+00:00");
    let playlist = Playlist {
        id: random.uuid(),
        title: title.clone(),
        kind: kind.to_owned(),
        issued: issued.clone(),
        rate: 24,
        reels,
        metadata: None,
    };
    Package { name: title, dialect, issued, playlists: vec![playlist], files }
}

fn part(
    element: Element,
    essence: &Essence,
    frames: u32,
    dialect: Dialect,
    files: &mut Vec<File>,
    random: &mut Random,
) -> Part {
    let id = random.uuid();
    let interop_labels = dialect == Dialect::Interop;
    let bytes = track::write(&Track { id, essence, rate: 24, frames, key: None, interop_labels }, &[]);
    let hash = hash(&bytes);
    let (name, kind) = match element {
        Element::Sound => ("pcm", dialect.choose("application/x-smpte-mxf;asdcpKind=Sound", "application/mxf")),
        _ => ("j2c", dialect.choose("application/x-smpte-mxf;asdcpKind=Picture", "application/mxf")),
    };
    files.push(File { id, path: format!("{name}_{id}.mxf"), kind, bytes });
    Part { element, id, frames, hash, key: None, size: None, language: None }
}
