//! Tracks: figures by class and sequence, HOTA over its thresholds.

use super::super::report::EvalReport;
use super::{percent, table};
use crate::page::{Axis, Chart, Html, Series};
use delos_eval::tracking::{ALPHAS, COMBINED, Hota, Scores};

pub(super) fn section(html: &mut Html, report: &EvalReport) {
    let Some(tracking) = &report.tracking else { return };
    html.item("h2", "Tracks");
    html.item(
        "p",
        "Confirmed tracks that the image sees, by the overlap of their rectangles with the labels.",
    );
    let Some(combined) = tracking.sequences.get(COMBINED) else { return };
    let of = |class: &&'static str| Some((*class, combined.get(class)?));
    let classes = || report.run.classes.iter().filter_map(of);
    let rows: Vec<_> = classes().map(|(class, scores)| row(class, scores)).collect();
    table(html, "", &HEADS, &rows);
    html.with("div", &[("class", "charts")], |html| {
        for (class, scores) in classes() {
            over_alpha(&tracking.alphas, class, &scores.hota).draw(html);
        }
    });
    if tracking.sequences.len() > 2 {
        by_sequence(html, report);
    }
}

const HEADS: [&str; 14] = [
    "", "HOTA", "DetA", "AssA", "LocA", "MOTA", "MOTP", "IDF1", "IDSW", "Frag", "missed", "false",
    "objects", "boxes",
];

fn row(name: &str, Scores { hota, clear, identity, count }: &Scores) -> Vec<String> {
    let means = [&hota.hota, &hota.det_a, &hota.ass_a, &hota.loc_a].map(|c| percent(Hota::mean(c)));
    let shares = [clear.mota, clear.motp, identity.f1].map(percent);
    let counts = [
        clear.id_switches,
        clear.fragmentations,
        clear.false_negatives,
        clear.false_positives,
        count.object_ids,
        count.objects,
    ];
    let counts = counts.map(|count| count.to_string());
    [name.to_owned()].into_iter().chain(means).chain(shares).chain(counts).collect()
}

fn over_alpha(alphas: &[f64; ALPHAS], class: &str, hota: &Hota) -> Chart {
    let x = Axis::share("overlap threshold α");
    let mut chart = Chart::new(format!("HOTA over α: {class}"), x, Axis::share("score"));
    let parts = [("HOTA", &hota.hota), ("DetA", &hota.det_a), ("AssA", &hota.ass_a)];
    chart.series = parts
        .map(|(name, curve)| {
            let points = alphas.iter().copied().zip(curve.iter().copied()).collect();
            Series::new(format!("{name} {}", percent(Hota::mean(curve))), points)
        })
        .to_vec();
    chart
}

fn by_sequence(html: &mut Html, report: &EvalReport) {
    let Some(tracking) = &report.tracking else { return };
    for class in &report.run.classes {
        html.with("details", &[], |html| {
            html.item("summary", &format!("By sequence: {class}"));
            let sequences = report.run.sequences.iter().filter_map(|sequence| {
                let scores = tracking.sequences.get(&sequence.name)?.get(class)?;
                Some(row(&sequence.name, scores))
            });
            table(html, "", &HEADS, &sequences.collect::<Vec<_>>());
        });
    }
}
