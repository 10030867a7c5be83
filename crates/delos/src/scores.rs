//! The scores of a run, for the terminal.

use crate::table;
use crate::words::frames;
use delos_components::{NotJudged, ScoresReport};
use std::fmt::Write;

/// What is printed of `scores.json`: the figures, what counted, and the hard cases.
pub(crate) fn summary(report: &ScoresReport) -> String {
    let mut text = tracks(report);
    if let Some(camera) = &report.camera {
        let _ = writeln!(
            text,
            "camera: {} at IoU {}: AP {} (recall {}, precision {}, {} counted in {})",
            report.rules.camera.class,
            report.rules.camera.iou,
            percent(camera.ap_r40),
            percent(camera.recall),
            percent(camera.precision),
            camera.counted,
            frames(camera.frames as u64),
        );
    }
    text.push_str(&lost(report));
    if report.tracks.frames > 0 {
        text.push_str(&hard_cases(report));
        text.push('\n');
    }
    text
}

/// How well vehicles are followed.
fn tracks(report: &ScoresReport) -> String {
    let (tracks, rules) = (&report.tracks, &report.rules.tracks);
    if tracks.frames == 0 {
        return "\nscores against ground truth: of the camera alone, since no labelled frame has a \
                LiDAR scan\n"
            .to_owned();
    }
    let mut text = format!(
        "\nscores against ground truth, {}: vehicles in view with {} LiDAR points within {} m; \
         right within {} m\n",
        frames(tracks.frames),
        rules.min_points,
        rules.max_distance_m,
        rules.radius_m,
    );
    let _ = writeln!(
        text,
        "recall {}   precision {}   id switches {}   position error {} (95 % below {})",
        percent(tracks.recall),
        percent(tracks.precision),
        tracks.id_switches,
        metres(tracks.position_error_m),
        metres(tracks.position_error_p95_m),
    );
    let _ = writeln!(
        text,
        "{} of {} vehicles found, {} wrong tracks, {} neutral; {} of {} identities found",
        tracks.vehicles_found,
        tracks.vehicles_counted,
        tracks.tracks_wrong,
        tracks.tracks_neutral,
        tracks.identities_found,
        tracks.identities,
    );
    text
}

/// The labelled frames that the figures know nothing of, because the chain was too slow.
fn lost(report: &ScoresReport) -> String {
    let NotJudged { dropped, late, .. } = report.not_judged;
    let parts = [(dropped, "dropped"), (late, "left out as late")];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
    if parts.is_empty() {
        return String::new();
    }
    format!(
        "labelled frames that are not in these figures: {}; `delos eval run` counts what is in \
         them as missed\n",
        parts.join(", "),
    )
}

/// One row for each kind of vehicle that occurs.
fn hard_cases(report: &ScoresReport) -> String {
    let heads = ["hard cases", "counted", "found", "recall", "error"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for group in &report.tracks.hard_cases {
        for case in group.cases.iter().filter(|case| case.counted > 0) {
            rows.push(vec![
                format!("{}: {}", group.by, case.name),
                case.counted.to_string(),
                case.found.to_string(),
                percent(case.recall),
                metres(case.position_error_m),
            ]);
        }
    }
    let wrong = report.tracks.wrong_by_distance.iter();
    let wrong: Vec<String> = wrong.map(|case| format!("{} {}", case.wrong, case.name)).collect();
    format!("{}\nwrong tracks: {}", table::numbers(&rows), wrong.join(", "))
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn metres(length: Option<f64>) -> String {
    length.map_or_else(|| "-".to_owned(), |m| format!("{m:.2} m"))
}
