//! Reading: bytes from anywhere become a [`Metainfo`], or an error that names the field. Never panics.

use super::names::{check_component, check_paths, join};
use super::{InfoHash, MAX_FILES, MAX_METAINFO_BYTES, Metainfo, TorrentFile, check};
use crate::{Problem, TorrentError, TorrentResult};
use bendy::decoding::{Decoder, DictDecoder, Object};
use sha1::{Digest as _, Sha1};

/// Deepest nesting: the file tree of a hybrid has a level for each name of a path.
const MAX_NESTING: usize = 96;
/// Most trackers of all tiers.
const MAX_TRACKERS: usize = 256;
/// Longest comment and the like in bytes.
const MAX_TEXT_BYTES: usize = 64 << 10;

impl From<bendy::decoding::Error> for TorrentError {
    fn from(error: bendy::decoding::Error) -> Self {
        Self::Bencode(error.to_string())
    }
}

impl Metainfo {
    /// Reads and checks a whole metainfo file. Refused is everything a later reader could take for something else:
    /// unsorted or repeated keys, numbers with leading zeros, bytes behind the end, names in another encoding than
    /// UTF-8, symbolic links, sizes that do not add up to the pieces. Version 2 alone is refused; of a hybrid the
    /// version 1 half is read. Errors: `Bencode`, `Field`.
    pub fn read(bytes: &[u8]) -> TorrentResult<Self> {
        if bytes.len() > MAX_METAINFO_BYTES {
            let (found, most) = (bytes.len().to_string(), MAX_METAINFO_BYTES as u64);
            return Err(Problem::OutOfRange { found, least: 1, most }.of("(whole file, bytes)"));
        }
        let mut decoder = Decoder::new(bytes).with_max_depth(MAX_NESTING);
        let Some(Object::Dict(dictionary)) = decoder.next_object()? else {
            return Err(Problem::NotA("a dictionary").of("(whole file)"));
        };
        let outer = Outer::read(dictionary)?;
        if decoder.next_object()?.is_some() {
            return Err(TorrentError::Bencode("there are bytes behind its end".to_owned()));
        }
        let info = Info::read(outer.info.ok_or_else(|| Problem::Missing.of("info"))?)?;
        outer.check_encoding()?;
        info.finish(outer)
    }
}

/// The fields around `info`.
#[derive(Default)]
struct Outer<'a> {
    info: Option<&'a [u8]>,
    encoding: Option<&'a [u8]>,
    announce: Option<String>,
    announce_list: Vec<Vec<String>>,
    creation_date_s: Option<i64>,
    created_by: Option<String>,
    comment: Option<String>,
}

impl<'a> Outer<'a> {
    fn read(mut dictionary: DictDecoder<'_, 'a>) -> TorrentResult<Self> {
        let mut outer = Self::default();
        while let Some((key, value)) = dictionary.next_pair()? {
            match key {
                b"announce" => outer.announce = Some(check::address("announce", bytes(value, "announce")?)?),
                b"announce-list" => outer.announce_list = tiers(value)?,
                b"comment" => outer.comment = Some(text(value, "comment")?),
                b"created by" => outer.created_by = Some(text(value, "created by")?),
                b"creation date" => outer.creation_date_s = Some(seconds(value)?),
                b"encoding" => outer.encoding = Some(bytes(value, "encoding")?),
                b"info" => match value {
                    Object::Dict(info) => outer.info = Some(info.into_raw()?),
                    _ => return Err(Problem::NotA("a dictionary").of("info")),
                },
                _ => {}
            }
        }
        Ok(outer)
    }

    /// A reader that takes names for another encoding sees other names than those that were checked.
    fn check_encoding(&self) -> TorrentResult<()> {
        let known = |name: &[u8]| [&b"utf-8"[..], b"utf8"].iter().any(|known| name.eq_ignore_ascii_case(known));
        match self.encoding {
            Some(name) if !known(name) => Err(Problem::NotA("UTF-8, the only encoding that is read").of("encoding")),
            _ => Ok(()),
        }
    }
}

fn tiers(value: Object<'_, '_>) -> TorrentResult<Vec<Vec<String>>> {
    let field = "announce-list";
    let Object::List(mut list) = value else {
        return Err(Problem::NotA("a list of lists").of(field));
    };
    let (mut tiers, mut count) = (Vec::new(), 0_usize);
    while let Some(tier) = list.next_object()? {
        let Object::List(mut tier) = tier else {
            return Err(Problem::NotA("a list of lists").of(field));
        };
        let mut addresses = Vec::new();
        while let Some(address) = tier.next_object()? {
            count += 1;
            if count > MAX_TRACKERS {
                let most = MAX_TRACKERS as u64;
                return Err(Problem::OutOfRange { found: "more".to_owned(), least: 0, most }.of(field));
            }
            addresses.push(check::address(field, bytes(address, field)?)?);
        }
        tiers.push(addresses);
    }
    Ok(tiers)
}

/// The fields of `info`, each checked for itself.
#[derive(Default)]
struct Info<'a> {
    raw: &'a [u8],
    name: Option<String>,
    name_utf8: Option<&'a [u8]>,
    piece_size: Option<u64>,
    pieces: Option<&'a [u8]>,
    length: Option<u64>,
    files: Option<Vec<TorrentFile>>,
    private: bool,
    source: Option<String>,
    has_version_2: bool,
}

impl<'a> Info<'a> {
    fn read(raw: &'a [u8]) -> TorrentResult<Self> {
        let mut decoder = Decoder::new(raw).with_max_depth(MAX_NESTING);
        let Some(Object::Dict(mut dictionary)) = decoder.next_object()? else {
            return Err(Problem::NotA("a dictionary").of("info"));
        };
        let mut info = Self { raw, ..Self::default() };
        while let Some((key, value)) = dictionary.next_pair()? {
            info.take(key, value)?;
        }
        Ok(info)
    }

    fn take(&mut self, key: &[u8], value: Object<'_, 'a>) -> TorrentResult<()> {
        match key {
            b"file tree" | b"meta version" => self.has_version_2 = true,
            b"files" => self.files = Some(files(value)?),
            b"length" => self.length = Some(number(value, "info.length")?),
            b"name" => self.name = Some(component(bytes(value, "info.name")?, "info.name")?.to_owned()),
            b"name.utf-8" => self.name_utf8 = Some(bytes(value, "info.name.utf-8")?),
            b"piece length" => self.piece_size = Some(number(value, "info.piece length")?),
            b"pieces" => self.pieces = Some(bytes(value, "info.pieces")?),
            b"private" => self.private = flag(value, "info.private")?,
            b"source" => self.source = Some(text(value, "info.source")?),
            b"attr" => check_attributes(bytes(value, "info.attr")?, "info.attr")?,
            b"symlink path" => return Err(Problem::Unsupported("is a symbolic link").of("info.symlink path")),
            _ => {}
        }
        Ok(())
    }

    /// Compares the fields with each other.
    fn finish(self, outer: Outer<'_>) -> TorrentResult<Metainfo> {
        let missing = |field: &str| Problem::Missing.of(field);
        if self.has_version_2 && self.pieces.is_none() {
            let problem = Problem::Unsupported("is of version 2 alone; make one of version 1 or a hybrid");
            return Err(problem.of("info.meta version"));
        }
        let name = self.name.ok_or_else(|| missing("info.name"))?;
        if self.name_utf8.is_some_and(|other| other != name.as_bytes()) {
            return Err(Problem::Disagrees("info.name").of("info.name.utf-8"));
        }
        let (files, single_file) = match (self.files, self.length) {
            (Some(files), None) => (files, false),
            (None, Some(size_bytes)) => (vec![TorrentFile { path: name.clone(), size_bytes, padding: false }], true),
            (Some(_), Some(_)) => return Err(Problem::Disagrees("info.files").of("info.length")),
            (None, None) => return Err(missing("info.length")),
        };
        let total_bytes = check::total(files.iter().map(|file| file.size_bytes))?;
        let kept = files.iter().filter(|file| !file.padding).map(|file| file.path.as_str());
        check_paths(kept).map_err(|problem| problem.of("info.files"))?;
        let piece_size = self.piece_size.ok_or_else(|| missing("info.piece length"))?;
        let pieces = self.pieces.ok_or_else(|| missing("info.pieces"))?;
        check::pieces(piece_size, total_bytes, pieces.len())?;
        Ok(Metainfo {
            info: self.raw.to_vec(),
            info_hash: InfoHash(Sha1::digest(self.raw).into()),
            name,
            single_file,
            piece_size,
            pieces: pieces.as_chunks().0.to_vec(),
            files,
            total_bytes,
            private: self.private,
            hybrid: self.has_version_2,
            source: self.source,
            announce: outer.announce,
            announce_list: outer.announce_list,
            creation_date_s: outer.creation_date_s,
            created_by: outer.created_by,
            comment: outer.comment,
        })
    }
}

fn files(value: Object<'_, '_>) -> TorrentResult<Vec<TorrentFile>> {
    let Object::List(mut list) = value else {
        return Err(Problem::NotA("a list").of("info.files"));
    };
    let mut files = Vec::new();
    while let Some(entry) = list.next_object()? {
        let field = format!("info.files[{}]", files.len());
        if files.len() == MAX_FILES {
            let (found, most) = ("more".to_owned(), MAX_FILES as u64);
            return Err(Problem::OutOfRange { found, least: 1, most }.of("info.files (number of files)"));
        }
        match entry {
            Object::Dict(entry) => files.push(file(entry, &field)?),
            _ => return Err(Problem::NotA("a dictionary").of(field)),
        }
    }
    Ok(files)
}

fn file(mut entry: DictDecoder<'_, '_>, field: &str) -> TorrentResult<TorrentFile> {
    let (mut size_bytes, mut path, mut path_utf8, mut padding) = (None, None, None, false);
    while let Some((key, value)) = entry.next_pair()? {
        match key {
            b"length" => size_bytes = Some(number(value, &format!("{field}.length"))?),
            b"path" => path = Some(joined(value, &format!("{field}.path"))?),
            b"path.utf-8" => path_utf8 = Some(joined(value, &format!("{field}.path.utf-8"))?),
            b"attr" => {
                let field = format!("{field}.attr");
                let attributes = bytes(value, &field)?;
                check_attributes(attributes, &field)?;
                padding = attributes.contains(&b'p');
            }
            b"symlink path" => {
                return Err(Problem::Unsupported("is a symbolic link").of(format!("{field}.symlink path")));
            }
            _ => {}
        }
    }
    let path = path.ok_or_else(|| Problem::Missing.of(format!("{field}.path")))?;
    if path_utf8.is_some_and(|other| other != path) {
        return Err(Problem::Disagrees("path").of(format!("{field}.path.utf-8")));
    }
    let size_bytes = size_bytes.ok_or_else(|| Problem::Missing.of(format!("{field}.length")))?;
    Ok(TorrentFile { path, size_bytes, padding })
}

/// The path of a list of names.
fn joined(value: Object<'_, '_>, field: &str) -> TorrentResult<String> {
    let Object::List(mut list) = value else {
        return Err(Problem::NotA("a list").of(field));
    };
    let mut names = Vec::new();
    while let Some(name) = list.next_object()? {
        names.push(component(bytes(name, field)?, field)?);
    }
    join(field, &names)
}

/// Attributes of BEP 47: a link is refused; executable and hidden mean nothing here.
fn check_attributes(attributes: &[u8], field: &str) -> TorrentResult<()> {
    match attributes.contains(&b'l') {
        true => Err(Problem::Unsupported("is a symbolic link").of(field)),
        false => Ok(()),
    }
}

fn component<'a>(bytes: &'a [u8], field: &str) -> TorrentResult<&'a str> {
    check_component(bytes).map_err(|problem| problem.of(field))
}

fn bytes<'a>(value: Object<'_, 'a>, field: &str) -> TorrentResult<&'a [u8]> {
    match value {
        Object::Bytes(bytes) => Ok(bytes),
        _ => Err(Problem::NotA("a text").of(field)),
    }
}

/// Text that is only shown; what is not UTF-8 in it is replaced.
fn text(value: Object<'_, '_>, field: &str) -> TorrentResult<String> {
    let bytes = bytes(value, field)?;
    if bytes.len() > MAX_TEXT_BYTES {
        let (found, most) = (bytes.len().to_string(), MAX_TEXT_BYTES as u64);
        return Err(Problem::OutOfRange { found, least: 0, most }.of(format!("{field} (bytes)")));
    }
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

fn digits<'a>(value: Object<'_, 'a>, field: &str) -> TorrentResult<&'a str> {
    match value {
        Object::Integer(digits) => Ok(digits),
        _ => Err(Problem::NotA("a number").of(field)),
    }
}

/// A number that is not negative.
fn number(value: Object<'_, '_>, field: &str) -> TorrentResult<u64> {
    let digits = digits(value, field)?;
    let outside = || Problem::OutOfRange { found: super::shown(digits), least: 0, most: super::MAX_TOTAL_BYTES };
    digits.parse().ok().filter(|number| *number <= super::MAX_TOTAL_BYTES).ok_or_else(|| outside().of(field))
}

fn flag(value: Object<'_, '_>, field: &str) -> TorrentResult<bool> {
    match number(value, field)? {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(Problem::OutOfRange { found: other.to_string(), least: 0, most: 1 }.of(field)),
    }
}

fn seconds(value: Object<'_, '_>) -> TorrentResult<i64> {
    let field = "creation date";
    digits(value, field)?.parse().map_err(|_| Problem::NotA("a time").of(field))
}
