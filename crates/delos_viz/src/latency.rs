//! Run times of the components, as curves over the frames.

use crate::canvas::Canvas;
use crate::{VizError, palette, paths};
use rerun::{EntityPath, Scalars, SeriesLines};
use std::collections::BTreeMap;

/// Colour of the time from release to publication.
const END_TO_END: palette::Rgb = [255, 255, 255];

/// Draws one curve per component.
#[derive(Default)]
pub(crate) struct LatencyLayer {
    curves: BTreeMap<String, EntityPath>,
}

impl LatencyLayer {
    /// Adds one value per component, milliseconds.
    pub(crate) fn draw(
        &mut self,
        canvas: &Canvas,
        components_ms: &[(&str, f64)],
        end_to_end_ms: Option<f64>,
    ) -> Result<(), VizError> {
        let total = end_to_end_ms.map(|ms| (paths::END_TO_END, ms));
        for (name, ms) in components_ms.iter().copied().chain(total) {
            let path = self.curve(canvas, name)?;
            canvas.log(path, &Scalars::single(ms))?;
        }
        Ok(())
    }

    /// The entity of a component; a new one gets a name and the next colour.
    fn curve(&mut self, canvas: &Canvas, name: &str) -> Result<EntityPath, VizError> {
        if let Some(path) = self.curves.get(name) {
            return Ok(path.clone());
        }
        let path = EntityPath::new(vec![paths::LATENCY.into(), name.into()]);
        let (label, rgb, width) = if name == paths::END_TO_END {
            ("end to end", END_TO_END, 2.5)
        } else {
            (name, palette::distinct(self.curves.len() as u32), 1.8)
        };
        let looks = SeriesLines::new()
            .with_names([label])
            .with_colors([palette::color(rgb)])
            .with_widths([width]);
        canvas.fix(path.clone(), &looks)?;
        self.curves.insert(name.to_owned(), path.clone());
        Ok(path)
    }
}
