//! `cargo xtask layers`: a crate uses crates of lower layers only, never one of its own layer.
//!
//! Then no cycle can form, and a change is compiled by those above it alone. Development and build
//! dependencies count as well. Heavy libraries belong to one crate each, so that who does not need
//! them never compiles them.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::checkout::Checkout;

/// The layer of every crate; what it is for stands in ARCHITECTURE.md.
const LAYERS: [(&str, u8); 20] = [
    ("delos_core", 0),
    ("delos_geom", 1),
    ("delos_filter", 1),
    ("delos_infer", 1),
    ("delos_ingest", 2),
    ("delos_sim", 2),
    ("delos_detect", 2),
    ("delos_track", 2),
    ("delos_odometry", 2),
    ("delos_fuse", 2),
    ("delos_eval", 2),
    ("delos_viz", 2),
    ("delos_runtime", 2),
    ("delos_components", 3),
    ("delos", 4),
    ("delos_tests", ABOVE_ALL),
    ("delos_parity", ABOVE_ALL),
    ("delos_benches", ABOVE_ALL),
    ("custom_component", ABOVE_ALL),
    ("xtask", ABOVE_ALL),
];

/// Packages that may use everything, heavy libraries too, and that nothing uses.
const ABOVE_ALL: u8 = 5;

/// Heavy libraries and the one crate that may use each.
const HEAVY: [(&str, &str); 6] = [
    ("rerun", "delos_viz"),
    ("opencv", "delos_ingest"),
    ("ort", "delos_infer"),
    ("ort-sys", "delos_infer"),
    ("cudarc", "delos_infer"),
    ("nvml-wrapper", "delos_infer"),
];

/// Fails with the list of all dependencies that break a rule.
pub(crate) fn run(checkout: &Checkout) -> Result<()> {
    let packages = packages_in(&checkout.metadata()?)?;
    let faults: Vec<String> = packages.iter().flat_map(faults_of).collect();
    for fault in &faults {
        eprintln!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} dependencies break the layers", faults.len());
    }
    eprintln!("layers: {} packages use lower layers only", packages.len());
    Ok(())
}

/// A package and what it depends on.
#[derive(Debug, PartialEq)]
struct Package {
    name: String,
    uses: Vec<String>,
}

fn packages_in(metadata: &Value) -> Result<Vec<Package>> {
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    packages.iter().map(package_of).collect()
}

fn package_of(value: &Value) -> Result<Package> {
    let name = value["name"].as_str().context("a package has no name")?.to_owned();
    let uses = value["dependencies"].as_array().context("a package has no dependencies")?;
    let uses = uses.iter().filter_map(|used| used["name"].as_str()).map(str::to_owned).collect();
    Ok(Package { name, uses })
}

fn faults_of(package: &Package) -> Vec<String> {
    let Some(own) = layer_of(&package.name) else {
        return vec![format!("{} has no layer: place it in xtask/src/layers.rs", package.name)];
    };
    package.uses.iter().filter_map(|used| fault_of(&package.name, own, used)).collect()
}

fn fault_of(name: &str, own: u8, used: &str) -> Option<String> {
    if let Some(owner) = owner_of(used) {
        let allowed = own == ABOVE_ALL || name == owner;
        return (!allowed).then(|| format!("{name} uses {used}, which belongs in {owner} alone"));
    }
    let Some(other) = layer_of(used) else {
        let unplaced = used.starts_with("delos");
        return unplaced.then(|| format!("{name} uses {used}, which has no layer"));
    };
    (other >= own).then(|| format!("{name} (layer {own}) uses {used} (layer {other})"))
}

fn layer_of(name: &str) -> Option<u8> {
    LAYERS.iter().find(|(known, _)| *known == name).map(|(_, layer)| *layer)
}

fn owner_of(library: &str) -> Option<&'static str> {
    HEAVY.iter().find(|(heavy, _)| *heavy == library).map(|(_, owner)| *owner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn faults(name: &str, uses: &[&str]) -> Vec<String> {
        let uses: Vec<Value> =
            uses.iter().map(|used| json!({"name": used, "kind": null})).collect();
        let metadata = json!({"packages": [{"name": name, "dependencies": uses}]});
        packages_in(&metadata).unwrap().iter().flat_map(faults_of).collect()
    }

    #[test]
    fn lower_layers_and_light_libraries_may_be_used() {
        let cases = [
            ("delos_core", &["serde"][..]),
            ("delos_geom", &["delos_core", "nalgebra"]),
            ("delos_infer", &["delos_core", "ort", "cudarc"]),
            ("delos_viz", &["delos_core", "rerun"]),
            ("delos", &["delos_components", "delos_core", "clap"]),
            ("delos_tests", &["delos", "opencv", "ort", "rerun"]),
        ];
        for (name, uses) in cases {
            assert_eq!(faults(name, uses), Vec::<String>::new());
        }
    }

    #[test]
    fn what_breaks_a_rule_is_named() {
        let cases = [
            ("delos_geom", "delos_filter", "delos_geom (layer 1) uses delos_filter (layer 1)"),
            ("delos_core", "delos_geom", "delos_core (layer 0) uses delos_geom (layer 1)"),
            ("delos_track", "delos_track", "delos_track (layer 2) uses delos_track (layer 2)"),
            ("delos_track", "delos_fast", "delos_track uses delos_fast, which has no layer"),
            ("delos", "rerun", "delos uses rerun, which belongs in delos_viz alone"),
            ("delos_viz", "opencv", "delos_viz uses opencv, which belongs in delos_ingest alone"),
            ("delos_benches", "xtask", "delos_benches (layer 5) uses xtask (layer 5)"),
        ];
        for (name, used, wanted) in cases {
            assert_eq!(faults(name, &["serde", used]), [wanted]);
        }
    }

    #[test]
    fn every_fault_is_reported() {
        assert_eq!(faults("delos_core", &["delos_geom", "ort", "delos_viz"]).len(), 3);
    }

    #[test]
    fn a_new_package_must_be_placed() {
        let wanted = "delos_new has no layer: place it in xtask/src/layers.rs";
        assert_eq!(faults("delos_new", &["delos_core"]), [wanted]);
    }

    #[test]
    fn metadata_without_packages_is_an_error() {
        assert!(packages_in(&json!({})).is_err());
        assert!(packages_in(&json!({"packages": [{"dependencies": []}]})).is_err());
    }
}
