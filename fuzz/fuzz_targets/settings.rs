//! What users write: launch files with overrides, cards of models and data sets, intrinsics.

#![no_main]

use delos_detect::models::ModelCard;
use delos_fuzz::{graph, split_text};
use delos_ingest::dataset_cards::DatasetCard;
use delos_ingest::user::Intrinsics;
use delos_runtime::{LaunchFile, Plan, dot, mermaid};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((choice, text)) = split_text(data) else { return };
    match choice {
        b'l' => read_launch_file(&text),
        b'd' => drop(DatasetCard::parse(&text)),
        b'm' => drop(ModelCard::parse(&text, "card.toml")),
        b'i' => use_intrinsics(Intrinsics::parse_toml(&text)),
        b'j' => use_intrinsics(Intrinsics::parse_json(&text)),
        _ => {}
    }
});

/// Lines that begin with `--set ` are overrides, the others the file.
fn read_launch_file(text: &str) {
    let (sets, lines): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with("--set "));
    let Ok(mut file) = LaunchFile::parse(&lines.join("\n"), "launch/fuzz.toml".as_ref()) else {
        return;
    };
    for set in sets {
        let _ = file.set(&set["--set ".len()..]);
    }
    if let Ok(plan) = Plan::new(&file, &graph::registry()) {
        mermaid(&plan);
        dot(&plan);
    }
}

fn use_intrinsics<E>(found: Result<Intrinsics, E>) {
    if let Ok(intrinsics) = found {
        let _ = intrinsics.calibration();
        intrinsics.largest_distortion();
    }
}
