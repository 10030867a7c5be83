//! What each part is worth: the scores with it replaced or off.

use crate::figures::Figures;
use crate::input::Drive;
use crate::space::Kind;
use crate::{score, settings};
use anyhow::Result;
use std::io::Write;
use toml::Table;

/// A name, and the changes that take a part away. `*` stands for each kind of object.
type Ablation = (&'static str, &'static [&'static str]);

const ABLATIONS: [Ablation; 23] = [
    ("as launched", &[]),
    ("no calibration of scores", &["*.confidence.scale=1.0", "*.confidence.offset=0.0"]),
    ("weak detections ignored", &["*.confidence.least=*.confidence.birth"]),
    ("every detection may start a track", &["*.confidence.birth=*.confidence.least"]),
    ("no suppression of repetitions", &["*.confidence.nms_iou=1.0"]),
    ("detections taken for independent", &["*.confidence.evidence_weight=1.0"]),
    ("confirmed by three detections", &["*.life.confirm_hits=3"]),
    ("doubted tracks stay published", &["*.life.publish=0.0"]),
    ("not found again after a gap", &["*.life.lost_s=0.15", "*.life.tentative_s=0.15"]),
    ("duplicates stay", &["*.life.duplicate_iou=1.0"]),
    ("greedy assignment", &["assignment=greedy"]),
    ("cost: Mahalanobis distance", &["*.cost.kind=mahalanobis"]),
    ("cost: GIoU from above", &["*.cost.kind=giou_bev"]),
    ("cost: GIoU in space", &["*.cost.kind=giou_3d"]),
    ("cost: DIoU in space", &["*.cost.kind=diou_3d"]),
    ("cost: distance and heading", &["*.cost.kind=centre_heading"]),
    ("no Mahalanobis gate", &["*.gate.min_m=*.gate.max_m"]),
    ("law: without slip", &["*.motion.model=ctrv"]),
    ("law: with acceleration", &["*.motion.model=ctra"]),
    ("law: constant velocity", &["*.motion.model=constant_velocity"]),
    ("law: constant acceleration", &["*.motion.model=constant_acceleration"]),
    ("law: mixture", &["*.motion.model=imm"]),
    ("settings of the code", &["default"]),
];

pub(crate) fn run(out: &mut impl Write, drives: &[Drive], launched: &Table) -> Result<()> {
    head(out, "part")?;
    for (name, changes) in ABLATIONS {
        let mut settings = launched.clone();
        for change in changes {
            apply(&mut settings, change)?;
        }
        row(out, name, drives, &settings)?;
    }
    Ok(())
}

/// The head of a table of cars and pedestrians.
pub(crate) fn head(out: &mut impl Write, what: &str) -> Result<()> {
    writeln!(out, "| {what} | car HOTA | AssA | MOTA | IDSW | pedestrian HOTA | MOTA |")?;
    Ok(writeln!(out, "|---|--:|--:|--:|--:|--:|--:|")?)
}

/// A row of such a table.
pub(crate) fn row(
    out: &mut impl Write,
    name: &str,
    drives: &[Drive],
    settings: &Table,
) -> Result<()> {
    let config = settings::config(settings)?;
    let rows = drives.iter().map(|d| score::track(&config, d)).collect::<Result<Vec<_>>>()?;
    let (all, rows): (Vec<_>, Vec<_>) = (drives.iter().collect(), rows.iter().collect());
    let of = |kind: Kind| {
        score::image_scores(&all, &rows, kind.class()).map(|parts| Figures::combined(&parts))
    };
    let (car, person) = (of(Kind::Vehicle)?, of(Kind::Pedestrian)?);
    writeln!(
        out,
        "| {name} | {:.2} | {:.2} | {:.2} | {} | {:.2} | {:.2} |",
        car.hota, car.ass_a, car.mota, car.id_switches, person.hota, person.mota
    )?;
    Ok(())
}

fn apply(settings: &mut Table, change: &str) -> Result<()> {
    if change == "default" {
        *settings = Table::new();
        return settings::set(settings, "scores=logit");
    }
    if !change.contains('*') {
        return settings::set(settings, change);
    }
    for kind in [Kind::Vehicle, Kind::Pedestrian, Kind::Cyclist] {
        let change = change.replace('*', kind.table());
        // A value that is a key stands for what the settings say there.
        let Some((key, source)) = change.split_once('=') else { continue };
        let value = settings::value_in_force(settings, source)?;
        match value {
            Some(value) => settings::put(settings, key, value)?,
            None => settings::set(settings, &change)?,
        }
    }
    Ok(())
}
