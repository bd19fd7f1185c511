//! Where a package's own sections lie. They come last, in one order, so that the bare component is a prefix of the file
//! and a signature covers everything before it.

use crate::component::Section;
use crate::error::PackageError;
use crate::{ASSETS_SECTION, MANIFEST_SECTION, SIGNATURE_SECTION};
use std::ops::Range;
use wasm_encoder::{ComponentSection, CustomSection};

/// Data ranges of a package's own sections.
#[derive(Debug)]
pub(crate) struct Located {
    /// The component's end: where the manifest section begins.
    pub component_end: usize,
    /// Manifest JSON.
    pub manifest: Range<usize>,
    /// Assets archive.
    pub assets: Option<Range<usize>>,
    /// Signature record.
    pub signature: Option<Range<usize>>,
    /// Everything a signature covers: all bytes before its section.
    pub signed_end: usize,
}

/// Finds our sections. Errors: no manifest, repeated or misplaced sections, sections we do not know.
pub(crate) fn locate(sections: &[Section], file_bytes: usize) -> Result<Located, PackageError> {
    let first = sections.iter().position(Section::is_ours).unwrap_or(sections.len());
    let ours = &sections[first..];
    let Some(manifest) = ours.iter().find(|section| section.name.as_deref() == Some(MANIFEST_SECTION)) else {
        return Err(PackageError::NoManifest { section: MANIFEST_SECTION });
    };
    check_order(ours)?;
    let named = |name: &str| ours.iter().find(|section| section.name.as_deref() == Some(name));
    let signature = named(SIGNATURE_SECTION);
    Ok(Located {
        component_end: manifest.whole.start,
        manifest: manifest.data.clone(),
        assets: named(ASSETS_SECTION).map(|section| section.data.clone()),
        signature: signature.map(|section| section.data.clone()),
        signed_end: signature.map_or(file_bytes, |section| section.whole.start),
    })
}

fn check_order(ours: &[Section]) -> Result<(), PackageError> {
    let order = [MANIFEST_SECTION, ASSETS_SECTION, SIGNATURE_SECTION];
    let mut next = 0;
    for section in ours {
        let name = section.name.as_deref().unwrap_or("a section of the component");
        let Some(place) = order.iter().position(|known| *known == name) else {
            return Err(PackageError::Layout(format!(
                "`{name}` after the manifest; only {} may follow",
                order[1..].join(", ")
            )));
        };
        if place < next {
            return Err(PackageError::Layout(format!(
                "`{name}` is repeated or misplaced; the order is {}",
                order.join(", ")
            )));
        }
        next = place + 1;
    }
    Ok(())
}

/// Appends one custom section to a component.
pub(crate) fn append(bytes: &mut Vec<u8>, name: &str, data: &[u8]) {
    CustomSection { name: name.into(), data: data.into() }.append_to_component(bytes);
}
