//! Pillars against their definition and against NumPy's, decoders against theirs.

mod boxes;
mod gather;
mod golden;

use crate::models::ModelCard;
use delos_core::{Ego, LidarPoint, PointCloud};

/// A card with these changes of its lines.
fn card(changes: &[(&str, &str)]) -> ModelCard {
    let mut text = include_str!("tests/card.toml").to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    ModelCard::parse(&text, "card.toml").expect("a card")
}

fn cloud(points: &[[f32; 4]]) -> PointCloud<Ego> {
    let point = |p: &[f32; 4]| LidarPoint { x: p[0], y: p[1], z: p[2], intensity: p[3] };
    PointCloud::new(points.iter().map(point).collect())
}
