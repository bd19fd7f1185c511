//! The show-case: invented films as features, trailers and advertisements, in both dialects; versions that stand on an
//! original; one damaged package and one incomplete one.

use crate::package::{Dialect, Element, File, Package, Part, hash};
use crate::playlist::{Metadata, Playlist};
use crate::random::Random;
use crate::track::{self, Essence, Track};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;
use uuid::Uuid;

mod plans;
use plans::{Extra, PLANS, Plan};

/// Parts by title: what supplements find in their original.
type Originals = BTreeMap<&'static str, Vec<Vec<Part>>>;

/// Writes the show-case. Shape: number of packages.
pub fn write(folder: &Path, seed: u64) -> Result<usize> {
    let mut originals = Originals::new();
    for plan in PLANS {
        let mut random = Random::new(seed, plan.title);
        let maker = Maker { plan, dialect: plan.dialect(), key: random.uuid(), files: Vec::new() };
        let package = maker.make(&originals, &mut random)?;
        package.write(folder, &mut random)?;
        spoil(&folder.join(&package.name), &package, plan)?;
        originals.insert(
            plan.title,
            package.playlists.into_iter().next().map(|playlist| playlist.reels).unwrap_or_default(),
        );
    }
    Ok(PLANS.len())
}

/// Makes one package of its plan.
struct Maker<'a> {
    plan: &'a Plan,
    dialect: Dialect,
    key: Uuid,
    files: Vec<File>,
}

impl Maker<'_> {
    fn make(mut self, originals: &Originals, random: &mut Random) -> Result<Package> {
        let plan = self.plan;
        let foreign = match plan.original() {
            Some(title) => {
                Some(originals.get(title).with_context(|| format!("{title} comes after what supplements it"))?)
            }
            None => None,
        };
        let mut reels = Vec::new();
        for index in 0..plan.reels as usize {
            let shared = foreign.and_then(|reels| reels.get(index)).map(Vec::as_slice);
            reels.push(self.reel(index, shared, random));
        }
        let mut playlists = vec![self.playlist(plan.title, reels.clone(), random)];
        for extra in plan.extras {
            if let Extra::SecondComposition(title, language) = extra {
                let again =
                    reels.iter().enumerate().map(|(index, parts)| self.resubtitled(index, parts, language, random));
                let again: Vec<Vec<Part>> = again.collect();
                playlists.push(self.playlist(title, again, random));
            }
        }
        Ok(Package {
            name: plan.title.to_owned(),
            dialect: self.dialect,
            issued: plan.issued(),
            playlists,
            files: self.files,
        })
    }

    fn reel(&mut self, index: usize, shared: Option<&[Part]>, random: &mut Random) -> Vec<Part> {
        let plan = self.plan;
        let mut parts: Vec<Part> = shared.unwrap_or_default().to_vec();
        if shared.is_none() {
            parts.push(self.picture(index, random));
        }
        if plan.has(Extra::OwnSound) {
            parts.retain(|part| part.element != Element::Sound);
        }
        if plan.channels > 0 && !parts.iter().any(|part| part.element == Element::Sound) {
            parts.push(self.sound(index, random));
        }
        for extra in plan.extras {
            match extra {
                Extra::Subtitles(language) => parts.push(self.text(index, Element::Subtitle, language, random)),
                Extra::Captions(language) => parts.push(self.text(index, Element::Captions, language, random)),
                _ => {}
            }
        }
        parts
    }

    /// The same parts with other subtitles.
    fn resubtitled(&mut self, index: usize, parts: &[Part], language: &str, random: &mut Random) -> Vec<Part> {
        let mut again: Vec<Part> = parts.iter().filter(|part| part.element != Element::Subtitle).cloned().collect();
        again.push(self.text(index, Element::Subtitle, language, random));
        again
    }

    fn picture(&mut self, index: usize, random: &mut Random) -> Part {
        let (width, height) = self.plan.size;
        let stereoscopic = self.plan.has(Extra::Stereoscopic);
        let element = if stereoscopic { Element::StereoscopicPicture } else { Element::Picture };
        let essence = Essence::Picture { width, height, stereoscopic };
        let mut part = self.track(&format!("j2c_{}", index + 1), element, &essence, 48 << 10, random);
        part.size = Some(self.plan.size);
        part
    }

    fn sound(&mut self, index: usize, random: &mut Random) -> Part {
        let essence = Essence::Sound { channels: self.plan.channels };
        let mut part = self.track(&format!("pcm_{}", index + 1), Element::Sound, &essence, 16 << 10, random);
        part.language = (self.plan.language != "xx").then(|| self.plan.language.to_owned());
        part
    }

    /// Subtitles or captions: timed text in MXF, or XML beside a font in the older dialect.
    fn text(&mut self, index: usize, element: Element, language: &str, random: &mut Random) -> Part {
        if self.dialect == Dialect::Interop {
            return self.interop_text(index, element, language, random);
        }
        let essence = Essence::TimedText { language: language.to_owned() };
        let name = format!("{}_{language}_{}", if element == Element::Captions { "cap" } else { "sub" }, index + 1);
        let mut part = self.track(&name, element, &essence, 2 << 10, random);
        part.language = Some(language.to_owned());
        part
    }

    fn interop_text(&mut self, index: usize, element: Element, language: &str, random: &mut Random) -> Part {
        let (id, font) = (random.uuid(), random.uuid());
        let bytes = subtitles(id, font, index, language);
        let hash = hash(&bytes);
        self.files.push(File { id, path: format!("{id}/subtitle.xml"), kind: "text/xml;asdcpKind=Subtitle", bytes });
        let mut glyphs = vec![0, 1, 0, 0];
        glyphs.extend_from_slice(&random.bytes(1_020));
        self.files.push(File { id: font, path: format!("{id}/{font}.ttf"), kind: "application/ttf", bytes: glyphs });
        Part { element, id, frames: self.plan.frames, hash, key: None, size: None, language: Some(language.to_owned()) }
    }

    fn track(
        &mut self,
        name: &str,
        element: Element,
        essence: &Essence,
        filler_bytes: usize,
        random: &mut Random,
    ) -> Part {
        let plan = self.plan;
        let id = random.uuid();
        let is_text = matches!(essence, Essence::TimedText { .. });
        let key = (plan.has(Extra::Encrypted) && !is_text).then_some(self.key);
        let interop_labels = self.dialect == Dialect::Interop;
        let track = Track { id, essence, rate: plan.frame_rate(), frames: plan.frames, key, interop_labels };
        let filler = random.bytes(filler_bytes);
        let bytes = track::write(&track, &filler);
        let hash = hash(&bytes);
        let kind = match (self.dialect, element) {
            (Dialect::Smpte, _) => "application/mxf",
            (Dialect::Interop, Element::Sound) => "application/x-smpte-mxf;asdcpKind=Sound",
            (Dialect::Interop, _) => "application/x-smpte-mxf;asdcpKind=Picture",
        };
        self.files.push(File { id, path: format!("{name}_{id}.mxf"), kind, bytes });
        Part { element, id, frames: plan.frames, hash, key, size: None, language: None }
    }

    fn playlist(&self, title: &str, reels: Vec<Vec<Part>>, random: &mut Random) -> Playlist {
        let plan = self.plan;
        let mut subtitles: Vec<String> = reels
            .iter()
            .flatten()
            .filter(|part| part.element == Element::Subtitle)
            .filter_map(|part| part.language.clone())
            .collect();
        subtitles.dedup();
        let sound = match plan.channels {
            2 => "ST/L,R",
            6 => "51/L,R,C,LFE,Ls,Rs",
            8 => "71/L,R,C,LFE,Lss,Rss,Lrs,Rrs",
            _ => "71/L,R,C,LFE,Lss,Rss,HI,VIN,-,-,Lrs,Rrs,-,-,-,-",
        };
        let metadata = Metadata { sound: sound.to_owned(), size: plan.size, subtitles: subtitles.join(" ") };
        Playlist {
            id: random.uuid(),
            title: title.to_owned(),
            kind: plan.kind.to_owned(),
            issued: plan.issued(),
            rate: plan.frame_rate(),
            reels,
            metadata: plan.has(Extra::Metadata).then_some(metadata),
        }
    }
}

/// A subtitle file of the older dialect: no namespace, times in ticks of 4 ms.
fn subtitles(id: Uuid, font: Uuid, index: usize, language: &str) -> Vec<u8> {
    let mut markup = crate::markup::Markup::new("DCSubtitle", "");
    markup.leaf("SubtitleID", &id.to_string());
    markup.leaf("MovieTitle", "Demo");
    markup.leaf("ReelNumber", &(index + 1).to_string());
    markup.leaf("Language", language);
    markup.leaf_with("LoadFont", &[("Id", "Sans"), ("URI", &format!("{font}.ttf"))], "");
    markup.begin_with("Font", &[("Id", "Sans"), ("Size", "42")]);
    for (number, line) in ["One.", "Two.", "Three."].iter().enumerate() {
        let (start, end) = (format!("00:00:0{}:000", number * 3 + 1), format!("00:00:0{}:000", number * 3 + 3));
        markup.begin_with(
            "Subtitle",
            &[("SpotNumber", &(number + 1).to_string()), ("TimeIn", &start), ("TimeOut", &end)],
        );
        markup.leaf_with("Text", &[("VAlign", "bottom"), ("VPosition", "10")], line);
        markup.end();
    }
    markup.finish()
}

/// Makes the damaged package damaged and the incomplete one incomplete.
fn spoil(root: &Path, package: &Package, plan: &Plan) -> Result<()> {
    let named = |part: &str| {
        let files: Vec<&File> = package.files.iter().filter(|file| file.path.starts_with(part)).collect();
        files.into_iter().map(|file| root.join(&file.path))
    };
    if let (true, Some(sound)) = (plan.has(Extra::Damaged), named("pcm_").next()) {
        let mut bytes = std::fs::read(&sound).with_context(|| format!("read {}", sound.display()))?;
        let middle = bytes.len() / 2;
        if let Some(byte) = bytes.get_mut(middle) {
            *byte ^= 0xff;
        }
        std::fs::write(&sound, bytes).with_context(|| format!("write {}", sound.display()))?;
    }
    if let (true, Some(picture)) = (plan.has(Extra::Incomplete), named("j2c_").next_back()) {
        std::fs::remove_file(&picture).with_context(|| format!("remove {}", picture.display()))?;
    }
    Ok(())
}
