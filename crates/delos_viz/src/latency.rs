//! Run times of the components, as curves over the frames.

use crate::canvas::Canvas;
use crate::curves::Curves;
use crate::{VizError, paths};
use rerun::Scalars;

/// Draws one curve per component.
pub(crate) struct LatencyLayer {
    curves: Curves,
}

impl Default for LatencyLayer {
    fn default() -> Self {
        Self { curves: Curves::below(paths::LATENCY) }
    }
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
            let path = self.curves.of(canvas, name)?;
            canvas.log(path, &Scalars::single(ms))?;
        }
        Ok(())
    }
}
