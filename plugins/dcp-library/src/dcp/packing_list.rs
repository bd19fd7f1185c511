//! The packing list: hash, size and type of every delivered asset.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde::{Deserialize, Serialize};

use super::dialect::Dialect;
use super::findings::{Code, shorten};
use super::report::Report;
use super::signature;
use super::uuid::Id;
use super::xml::Element;

/// A packing list, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackingList {
    /// Own id; the asset map's when the document is absent or unreadable.
    pub id: Id,
    /// Free text, often the name of the package.
    pub annotation: Option<String>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Which program wrote it.
    pub creator: Option<String>,
    /// As written; normally xs:dateTime.
    pub issue_date: Option<String>,
    /// Whether it holds a signature.
    pub signed: bool,
    /// Who signed it, as the signature names the certificate; not checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// Packages with the same value belong together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<Id>,
    /// Format family; `None` when unknown.
    pub standard: Option<Dialect>,
    /// The file, relative to the package folder; `None` when it is not there.
    pub file: Option<String>,
    /// Ids of the assets it lists.
    pub asset_ids: Vec<Id>,
}

/// One entry of a packing list.
#[derive(Debug, Clone)]
pub struct PackedAsset {
    /// Id of the asset.
    pub id: Id,
    /// Base64 of the hash, white space removed; `None` when absent.
    pub hash: Option<String>,
    /// Size in bytes; `None` when absent or unreadable.
    pub size_bytes: Option<u64>,
    /// Type as written; empty when absent. A hint only.
    pub media_type: String,
    /// Free text.
    pub annotation: Option<String>,
    /// Name the file once had; says nothing of where it is.
    pub original_file_name: Option<String>,
}

/// Reads the root element of a packing list; `None` when it is another document. `mapped_id` is
/// what the asset map calls it.
pub fn read(root: Element<'_>, mapped_id: &Id, report: &mut Report<'_>) -> Option<(PackingList, Vec<PackedAsset>)> {
    if root.name() != "PackingList" {
        return None;
    }
    let standard = report.dialect(root);
    let id = report.id(root).unwrap_or_else(|| mapped_id.clone());
    if id != *mapped_id {
        report.add(Code::IdDiffers, format!("the packing list calls itself {id}, the asset map calls it {mapped_id}"));
    }
    let list = report.child(root, "AssetList");
    let assets: Vec<PackedAsset> = list
        .into_iter()
        .flat_map(|list| list.children_named("Asset"))
        .filter_map(|asset| read_asset(asset, report))
        .collect();
    let packing_list = PackingList {
        id,
        annotation: report.string(root, "AnnotationText"),
        issuer: report.string(root, "Issuer"),
        creator: report.string(root, "Creator"),
        issue_date: report.string(root, "IssueDate"),
        signed: root.child("Signature").is_some(),
        signer: signature::signer(root),
        group_id: report.text(root, "GroupId").and_then(Id::parse),
        standard,
        file: Some(report.file.to_owned()),
        asset_ids: assets.iter().map(|asset| asset.id.clone()).collect(),
    };
    Some((packing_list, assets))
}

fn read_asset(asset: Element<'_>, report: &mut Report<'_>) -> Option<PackedAsset> {
    let Some(id) = report.id(asset) else {
        report.add(Code::ValueMissing, "an asset of the packing list has no id and is passed over");
        return None;
    };
    let hash = report.hash(asset);
    if let Some(hash) = hash.as_deref().filter(|hash| hash_bytes(hash).is_none()) {
        report.add(
            Code::HashInvalid,
            format!("the hash of {id}, \"{}\", is not base64 of 20 or 32 bytes", shorten(hash)),
        );
    }
    let size_bytes = report.number(asset, "Size");
    if size_bytes.is_none() {
        report.add(Code::ValueMissing, format!("the packing list gives no size for {id}"));
    }
    let media_type = report.string(asset, "Type").unwrap_or_default();
    let annotation = report.string(asset, "AnnotationText");
    let original_file_name = report.string(asset, "OriginalFileName");
    Some(PackedAsset { id, hash, size_bytes, media_type, annotation, original_file_name })
}

/// The raw bytes of a base64 hash: 20 (SHA-1), or 32 (SHA-256, mastering packages).
#[must_use]
pub fn hash_bytes(text: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).ok()?;
    matches!(bytes.len(), 20 | 32).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::findings::Findings;
    use super::super::xml::Document;
    use super::*;

    #[test]
    fn values_are_trimmed_and_faults_reported() {
        let text = "<p:PackingList xmlns:p='http://www.smpte-ra.org/schemas/429-8/2007/PKL'>\
            <p:Id>urn:uuid:00000000-0000-4000-8000-0000000000AA</p:Id><p:Issuer/><p:AssetList>\
            <p:Asset><p:Id>urn:uuid:00000000-0000-4000-8000-000000000001</p:Id><p:Hash> AAAAAAAAAAAAAAAA\nAAAAAAAAAAA= </p:Hash><p:Size> 12 </p:Size><p:Type>text/xml</p:Type></p:Asset>\
            <p:Asset><p:Id>urn:uuid:00000000-0000-4000-8000-000000000002</p:Id><p:Hash>short</p:Hash><p:Size>-3</p:Size></p:Asset>\
            </p:AssetList><d:Signature xmlns:d='urn:d'/></p:PackingList>";
        let document = Document::parse(text).unwrap();
        let mut findings = Findings::default();
        let mapped = Id::parse("00000000-0000-4000-8000-0000000000bb").unwrap();
        let (list, assets) =
            read(document.root(), &mapped, &mut Report { file: "pkl.xml", findings: &mut findings }).unwrap();
        assert_eq!(list.id.to_string(), "00000000-0000-4000-8000-0000000000aa");
        assert_eq!((list.signed, list.issuer, list.standard), (true, None, Some(Dialect::Smpte)));
        let facts: Vec<_> = assets.iter().map(|a| (a.hash.as_deref(), a.size_bytes, a.media_type.as_str())).collect();
        assert_eq!(facts, [(Some("AAAAAAAAAAAAAAAAAAAAAAAAAAA="), Some(12), "text/xml"), (Some("short"), None, "")]);
        let codes: Vec<_> = findings.into_list().iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [Code::IdDiffers, Code::HashInvalid, Code::NumberInvalid, Code::ValueMissing]);
    }
}
