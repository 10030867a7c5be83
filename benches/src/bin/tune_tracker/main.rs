//! The tracker on stored detections.

mod delayed;
mod input;
mod score;
mod search;
mod settings;

use anyhow::{Context, Result, bail};
use delos_core::ObjectClass;
use delos_eval::tracking::{Hota, Scores};
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

fn main() -> Result<()> {
    if delayed::is_wanted() {
        return delayed::run();
    }
    let mut arguments = std::env::args().skip(1);
    let mut changes = Vec::new();
    let mut data =
        std::env::var_os("DELOS_DATA").map(|data| PathBuf::from(data).join("kitti_tracking"));
    let mut launch = PathBuf::from("launch/kitti_tracking_detections.toml");
    let mut each = false;
    let mut spatial = false;
    let (mut space, mut trials, mut seed) = (None, 500usize, 1u64);
    let mut goal = "car".to_owned();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--set" => changes.push(arguments.next().context("--set needs KEY=VALUE")?),
            "--data" => data = arguments.next().map(PathBuf::from),
            "--launch" => launch = arguments.next().context("--launch needs a file")?.into(),
            "--each" => each = true,
            "--spatial" => spatial = true,
            "--space" => space = arguments.next().map(PathBuf::from),
            "--goal" => goal = arguments.next().context("--goal")?,
            "--trials" => trials = arguments.next().context("--trials")?.parse()?,
            "--seed" => seed = arguments.next().context("--seed")?.parse()?,
            other => bail!("unknown argument `{other}`"),
        }
    }
    let data = data.context("--data DIR is needed")?;
    let drives = input::read(&data, "detections/pointrcnn".as_ref())?;
    let mut settings = settings::read(&launch)?;
    for change in &changes {
        settings::set(&mut settings, change)?;
    }
    if let Some(space) = space {
        let space = search::read_space(&space)?;
        let mut numbers = search::Numbers(seed);
        let mut best = worth(&drives, &settings, &goal)?;
        let first = best;
        for trial in 0..trials {
            let next = search::changed(&settings, &space, &mut numbers)?;
            let Ok(found) = worth(&drives, &next, &goal) else { continue };
            if found > best {
                best = found;
                settings = next;
                eprintln!("{trial}: {first:.4} -> {best:.4}");
            }
        }
        println!("{}", toml::to_string(&settings)?);
    }
    let config = settings::config(&settings)?;
    let mut out = std::io::stdout().lock();
    #[expect(clippy::disallowed_methods, reason = "the time a search takes")]
    let start = Instant::now();
    let rows = drives.iter().map(|d| score::track(&config, d)).collect::<Result<Vec<_>>>()?;
    let seconds = start.elapsed().as_secs_f64();
    let frames: usize = drives.iter().map(|d| d.frames.len()).sum();
    writeln!(
        out,
        "{} drives, {frames} frames, {:.0} frames/s",
        drives.len(),
        frames as f64 / seconds
    )?;
    let all: Vec<_> = drives.iter().collect();
    let rows: Vec<_> = rows.iter().collect();
    for class in [ObjectClass::Car, ObjectClass::Pedestrian, ObjectClass::Cyclist] {
        let parts = score::image_scores(&all, &rows, class)?;
        if each {
            for (drive, scores) in drives.iter().zip(&parts) {
                line(&mut out, &drive.name, scores)?;
            }
        }
        line(&mut out, class.name(), &Scores::combined(parts.iter()))?;
        if spatial {
            let found = [0.25, 0.5, 0.7].map(|overlap| score::samota(&all, &rows, class, overlap));
            writeln!(out, "  sAMOTA {found:.2?}")?;
        }
    }
    Ok(())
}

pub(crate) fn line(out: &mut impl Write, name: &str, scores: &Scores) -> Result<()> {
    let (hota, clear) = (&scores.hota, &scores.clear);
    let [h, d, a, l] =
        [&hota.hota, &hota.det_a, &hota.ass_a, &hota.loc_a].map(|curve| Hota::mean(curve) * 100.0);
    writeln!(
        out,
        "{name:12} HOTA {h:6.2} DetA {d:6.2} AssA {a:6.2} LocA {l:6.2} | MOTA {:6.2} IDSW {:3} Frag {:3} FP {:5} FN {:5} TP {:5}",
        clear.mota * 100.0,
        clear.id_switches,
        clear.fragmentations,
        clear.false_positives,
        clear.false_negatives,
        clear.true_positives
    )?;
    Ok(())
}

fn worth(drives: &[input::Drive], settings: &toml::Table, goal: &str) -> Result<f64> {
    let config = settings::config(settings)?;
    let rows = drives.iter().map(|d| score::track(&config, d)).collect::<Result<Vec<_>>>()?;
    let all: Vec<_> = drives.iter().collect();
    let rows: Vec<_> = rows.iter().collect();
    let class = match goal {
        "pedestrian" => ObjectClass::Pedestrian,
        "cyclist" => ObjectClass::Cyclist,
        _ => ObjectClass::Car,
    };
    let scores = Scores::combined(score::image_scores(&all, &rows, class)?.iter());
    let hota = Hota::mean(&scores.hota.hota) * 100.0;
    let mota = scores.clear.mota * 100.0;
    Ok(hota + 0.1 * mota - 0.01 * scores.clear.id_switches as f64)
}
