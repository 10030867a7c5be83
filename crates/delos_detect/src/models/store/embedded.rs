//! Networks that are part of the program.

use super::ResolvedModel;
use super::files::sha256_of_bytes;
use crate::models::ModelCard;
use std::fmt;
use std::path::PathBuf;
use std::sync::OnceLock;

/// The file names of the networks in the program, and their contents. A `static`: of a
/// constant each use would bring its own copy into the program.
static NETWORKS: [(&str, &[u8]); 3] = [
    ("delos_camera.onnx", include_bytes!("../../../../../models/delos_camera.onnx")),
    ("delos_camera_f16.onnx", include_bytes!("../../../../../models/delos_camera_f16.onnx")),
    ("delos_lidar.onnx", include_bytes!("../../../../../models/delos_lidar.onnx")),
];

/// A network that is part of the program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Embedded {
    bytes: &'static [u8],
    sha256: &'static str,
}

impl Embedded {
    /// The network of a card. A card with the name but another sha256 (a later network of its
    /// own, not yet built into this program) has none: its file is looked for.
    pub(super) fn of(card: &ModelCard) -> Option<Self> {
        let number = NETWORKS.iter().position(|(file, _)| *file == card.file)?;
        let sha256 = hashes().get(number)?;
        let matches = card.sha256.as_ref().is_none_or(|wanted| wanted == sha256);
        matches.then_some(Self { bytes: NETWORKS[number].1, sha256 })
    }

    /// The content of the ONNX file.
    pub const fn bytes(&self) -> &'static [u8] {
        self.bytes
    }

    pub(super) fn resolved(self, card: ModelCard) -> ResolvedModel {
        let (path, sha256) = (PathBuf::from(&card.file), self.sha256.to_owned());
        ResolvedModel { card, path, sha256, embedded: Some(self) }
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Embedded({} bytes, sha256 {})", self.bytes.len(), self.sha256)
    }
}

/// sha256 of each network, computed once.
fn hashes() -> &'static [String] {
    static HASHES: OnceLock<Vec<String>> = OnceLock::new();
    HASHES.get_or_init(|| NETWORKS.iter().map(|(_, bytes)| sha256_of_bytes(bytes)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::ModelStore;

    #[test]
    fn every_network_has_a_card_with_its_sha256_and_size() {
        let store = ModelStore::default();
        for (file, bytes) in NETWORKS {
            let listed = store.list();
            let of_file = listed.iter().find(|model| model.card.file == file).expect(file);
            assert!(of_file.is_embedded && of_file.card.sha256.is_some(), "{file}");
            assert_eq!(of_file.card.size, Some(bytes.len() as u64), "{file}");
        }
    }

    #[test]
    fn a_card_with_another_sha256_has_no_network_here() {
        let mut card = ModelStore::default().card("delos_camera").expect("shipped").clone();
        assert!(Embedded::of(&card).is_some());
        card.sha256 = Some("0".repeat(64));
        assert_eq!(Embedded::of(&card), None);
        card.sha256 = None;
        assert_eq!(Embedded::of(&card).map(|found| found.sha256.len()), Some(64));
        card.file = "other.onnx".to_owned();
        assert_eq!(Embedded::of(&card), None);
    }
}
