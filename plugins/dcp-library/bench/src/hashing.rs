//! Verification of a package with large files against `sha1sum`.

use crate::house::House;
use crate::{Setting, median, tell};
use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;
use std::fs::{File, create_dir_all, write};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Bytes of one file.
const FILE_BYTES: u64 = 1 << 30;
/// Verifications.
const RUNS: usize = 4;
/// Ids of the package's parts; a file's id ends in its number.
const ID_START: &str = "urn:uuid:7f0f2a46-6d5c-4b0e-9d43-0000000000";

/// Prints the row.
pub fn measure(setting: &Setting) -> Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let count = setting.gibibytes as usize;
    let library = setting.folder.join("large");
    let folder = library.join("Large");
    create_dir_all(&folder).context("make the package's folder")?;
    let files = (0..count).map(|number| fill(&folder, number)).collect::<Result<Vec<PathBuf>>>()?;
    let hashes = files.iter().map(|file| sha1sum(file).map(|(hash, _)| hash)).collect::<Result<Vec<String>>>()?;
    describe(&folder, &files, &hashes)?;
    let house = House::open(setting, "house-3")?;
    house.mount(&library)?;
    house.scan_of(1)?;
    house.settled()?;
    let id = package(&house)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let first = files.first().context("no file to hash")?;
    for run in 0..RUNS {
        // In turns, and every second time the other way round.
        if run % 2 == 0 {
            theirs.push(sha1sum(first)?.1);
        }
        ours.push(verify(&house, &id)?);
        if run % 2 == 1 {
            theirs.push(sha1sum(first)?.1);
        }
    }
    let speed = |bytes: u64, seconds: f64| bytes as f64 / seconds / 1e9;
    let ours = speed(FILE_BYTES * count as u64, median(ours));
    let one = speed(FILE_BYTES, median(theirs));
    let at_once = speed(FILE_BYTES * cores.min(count) as u64, sha1sums(&files[..cores.min(count)])?);
    tell(
        &format!("verification of a package of {count} GiB in memory against sha1sum times cores"),
        &format!("{:.2}x", ours / (one * cores.min(count) as f64)),
        ">= 0.9x",
        &format!("{ours:.2} GB/s; one sha1sum {one:.2} GB/s, {} at once {at_once:.2} GB/s", cores.min(count)),
    );
    drop(house);
    std::fs::remove_dir_all(&library).with_context(|| format!("remove {}", library.display()))
}

/// A file whose content does not repeat within a block.
fn fill(folder: &Path, number: usize) -> Result<PathBuf> {
    let path = folder.join(format!("{number}.mxf"));
    let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_add(number as u64);
    let mut block = Vec::with_capacity(1 << 20);
    while block.len() < 1 << 20 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        block.extend_from_slice(&state.to_le_bytes());
    }
    let mut file = File::create(&path).with_context(|| format!("make {}", path.display()))?;
    for _ in 0..FILE_BYTES / block.len() as u64 {
        file.write_all(&block).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(path)
}

/// Hash in hexadecimal, and seconds.
fn sha1sum(file: &Path) -> Result<(String, f64)> {
    let begin = Instant::now();
    let output = Command::new("sha1sum").arg(file).output().context("start sha1sum")?;
    let elapsed = begin.elapsed().as_secs_f64();
    let text = String::from_utf8_lossy(&output.stdout);
    match text.split_whitespace().next() {
        Some(hash) if output.status.success() => Ok((hash.to_owned(), elapsed)),
        _ => bail!("sha1sum {}: {}", file.display(), String::from_utf8_lossy(&output.stderr)),
    }
}

/// Seconds for all files at the same time.
fn sha1sums(files: &[PathBuf]) -> Result<f64> {
    let begin = Instant::now();
    let started =
        files.iter().map(|file| Command::new("sha1sum").arg(file).stdout(std::process::Stdio::null()).spawn());
    let started = started.collect::<Result<Vec<_>, _>>().context("start sha1sum")?;
    for mut child in started {
        child.wait().context("wait for sha1sum")?;
    }
    Ok(begin.elapsed().as_secs_f64())
}

/// Asset map and packing list.
fn describe(folder: &Path, files: &[PathBuf], hashes: &[String]) -> Result<()> {
    let (mut mapped, mut listed) = (String::new(), String::new());
    for (number, hash) in hashes.iter().enumerate().take(files.len()) {
        let id = format!("{ID_START}{number:02}");
        let hash = STANDARD.encode(hex::decode(hash).context("read the hash that sha1sum prints")?);
        write!(mapped, "<Asset><Id>{id}</Id><ChunkList><Chunk><Path>{number}.mxf</Path></Chunk></ChunkList></Asset>")?;
        write!(
            listed,
            "<Asset><Id>{id}</Id><Hash>{hash}</Hash><Size>{FILE_BYTES}</Size><Type>application/mxf</Type></Asset>"
        )?;
    }
    let origin = "<IssueDate>2026-01-01T00:00:00+00:00</IssueDate><Issuer>bench</Issuer><Creator>bench</Creator>";
    let map = format!(
        "<AssetMap xmlns=\"http://www.smpte-ra.org/schemas/429-9/2007/AM\"><Id>{ID_START}98</Id><Creator>bench</Creator>\
         <VolumeCount>1</VolumeCount>{}<AssetList><Asset><Id>{ID_START}99</Id><PackingList>true</PackingList><ChunkList>\
         <Chunk><Path>PKL.xml</Path></Chunk></ChunkList></Asset>{mapped}</AssetList></AssetMap>",
        origin.replace("<Creator>bench</Creator>", "")
    );
    let list = format!(
        "<PackingList xmlns=\"http://www.smpte-ra.org/schemas/429-8/2007/PKL\"><Id>{ID_START}99</Id>{origin}\
         <AssetList>{listed}</AssetList></PackingList>"
    );
    write(folder.join("PKL.xml"), list).context("write the packing list")?;
    write(folder.join("ASSETMAP.xml"), map).context("write the asset map")
}

/// Id of the only package.
fn package(house: &House) -> Result<String> {
    let rows = house.connect()?.json("GET", "/api/v1/dcps")?;
    rows[0]["id"].as_str().map(str::to_owned).with_context(|| format!("no package in {rows}"))
}

/// Seconds of one verification, which must find every file right.
fn verify(house: &House, id: &str) -> Result<f64> {
    let mut connection = house.connect()?;
    let answer = connection.json("POST", &format!("/api/v1/dcps/{id}/verify"))?;
    let job = answer["job_id"].as_str().with_context(|| format!("no job in {answer}"))?;
    let seconds = house.job(job)?;
    let package = connection.json("GET", &format!("/api/v1/dcps/{id}"))?;
    if package["verified"] != "ok" {
        bail!("the verification does not find everything right: {}", package["assets"]);
    }
    Ok(seconds)
}
