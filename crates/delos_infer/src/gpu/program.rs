//! The kernels' source, and the one that is built in compiled.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Kernels of the program, by name.
pub const KERNELS: [&str; 22] = [
    "letterbox_f32",
    "letterbox_f16",
    "select_best",
    "yolox_candidates",
    "yolox_candidates_f16",
    "overlaps_2d",
    "keep_2d",
    "pillar_cells",
    "pillar_begins",
    "pillar_offsets",
    "pillar_numbers",
    "insert_points",
    "pillar_features",
    "pillar_cells_i32",
    "pillar_cells_i64",
    "scatter_pillars",
    "anchor_candidates",
    "anchor_boxes",
    "heat_candidates",
    "heat_boxes",
    "overlaps_bev",
    "keep_bev",
];

/// The file that is compiled; it includes the others.
pub(super) const MAIN: (&str, &str) = ("delos.cu", include_str!("../../kernels/delos.cu"));

/// What it includes.
pub(super) const INCLUDED: [(&str, &str); 13] = [
    ("common.cuh", include_str!("../../kernels/common.cuh")),
    ("boxes_2d.cuh", include_str!("../../kernels/boxes_2d.cuh")),
    ("boxes_bev.cuh", include_str!("../../kernels/boxes_bev.cuh")),
    ("scores.cuh", include_str!("../../kernels/scores.cuh")),
    ("suppress.cuh", include_str!("../../kernels/suppress.cuh")),
    ("letterbox.cu", include_str!("../../kernels/letterbox.cu")),
    ("select.cu", include_str!("../../kernels/select.cu")),
    ("yolox.cu", include_str!("../../kernels/yolox.cu")),
    ("suppress_2d.cu", include_str!("../../kernels/suppress_2d.cu")),
    ("pillars.cu", include_str!("../../kernels/pillars.cu")),
    ("anchors.cu", include_str!("../../kernels/anchors.cu")),
    ("heatmap.cu", include_str!("../../kernels/heatmap.cu")),
    ("suppress_bev.cu", include_str!("../../kernels/suppress_bev.cu")),
];

/// The program for hosts without NVRTC: PTX, which the driver compiles for its device.
pub const BUILT_IN: &str = include_str!("../../kernels/delos.ptx");

/// The device that the built-in program is for at least: Turing.
pub const BUILT_IN_TARGET: &str = "compute_75";

/// Options of every compilation. Without `--fmad=false` a product and a sum would be rounded once, on
/// the processor twice.
pub(super) const OPTIONS: [&str; 2] = ["--fmad=false", "--std=c++17"];

/// sha256 over the source files and the options, hexadecimal.
pub fn source_hash() -> String {
    let mut hasher = Sha256::new();
    for (name, text) in std::iter::once(&MAIN).chain(&INCLUDED) {
        for part in [name, text] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    for option in OPTIONS {
        hasher.update(option);
    }
    hex(&hasher.finalize())
}

/// The first line of the built-in program: what it was made from, and how.
pub(super) fn built_in_title(nvrtc: (i32, i32)) -> String {
    let (major, minor) = nvrtc;
    let hash = source_hash();
    format!(
        "// delos kernels {hash}, {BUILT_IN_TARGET}, by NVRTC {major}.{minor}; made by `cargo xtask kernels`"
    )
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    #[test]
    fn the_built_in_program_is_of_this_source() {
        let title = BUILT_IN.lines().next().unwrap();
        assert!(title.contains(&source_hash()), "{title}: run `cargo xtask kernels`");
    }

    #[test]
    fn every_kernel_is_built_in_and_none_is_forgotten() {
        let entries: BTreeSet<_> = BUILT_IN
            .lines()
            .filter_map(|line| line.trim().strip_prefix(".visible .entry "))
            .map(|rest| rest.trim_end_matches('('))
            .collect();
        assert_eq!(entries, BTreeSet::from(KERNELS));
    }

    #[test]
    fn every_source_file_is_included() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("kernels");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let is_source =
            |file: &PathBuf| file.extension().is_some_and(|kind| kind == "cu" || kind == "cuh");
        let names = files.filter(is_source).map(|file| file.file_name().unwrap().to_owned());
        let found: BTreeSet<_> = names.map(|name| name.into_string().unwrap()).collect();
        let known = INCLUDED.iter().chain([&MAIN]).map(|(name, _)| (*name).to_owned());
        assert_eq!(found, known.collect());
    }
}
