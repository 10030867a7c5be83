//! What users are to know before networks run: what takes minutes, and where `auto` has led.

use crate::say;
use delos_components::{NetworkStep, Witness};

/// Tells of nothing but what takes long; in a run the notices come at its end.
#[derive(Debug)]
pub(crate) struct SlowSteps;

/// Tells of what takes long, and of what was chosen.
#[derive(Debug)]
pub(crate) struct Choices;

impl Witness for Choices {
    fn sees(&self, node: &str, step: &NetworkStep<'_>) {
        if let NetworkStep::Opened { notice: Some(notice), .. } = step {
            say::aside(format!("note: {node}: {notice}"));
        }
        SlowSteps.sees(node, step);
    }
}

impl Witness for SlowSteps {
    fn sees(&self, node: &str, step: &NetworkStep<'_>) {
        if let NetworkStep::BuildsEngine { card, folder } = step {
            say::aside(building(node, card, &folder.display().to_string()));
        }
    }
}

/// The announcement of an engine.
pub(crate) fn building(node: &str, card: &str, folder: &str) -> String {
    format!(
        "note: {node}: TensorRT has no engine for {card} yet and builds one, which can take minutes; \
         it is kept in {folder}. `delos prepare` with the same options does this beforehand"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announcement_says_what_why_and_how_to_avoid_it() {
        let text = building("camera", "yolox_nano", "/cache/engines");
        for part in ["camera", "yolox_nano", "minutes", "/cache/engines", "delos prepare"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
