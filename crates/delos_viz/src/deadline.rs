//! How close the components came to their deadlines, as curves over the frames.

use crate::canvas::Canvas;
use crate::curves::{Curves, Look};
use crate::{DeadlineView, VizError, paths};
use rerun::Scalars;

/// The line below which a frame is late.
const LIMIT: Look<'_> = Look { label: "late below", rgb: [255, 72, 72], width: 1.2 };

impl DeadlineView<'_> {
    /// What there is to say, if the deadline was not met.
    pub(crate) fn complaint(&self) -> Option<String> {
        let Self { component, allowed_ms, took_ms } = self;
        match took_ms {
            None => Some(format!("{component}: left the frame out, being late")),
            Some(took) if took > allowed_ms => {
                let late = took - allowed_ms;
                Some(format!("{component}: {late:.1} ms later than the {allowed_ms} ms allowed"))
            }
            Some(_) => None,
        }
    }
}

/// Draws one curve per deadline: the milliseconds that were left.
pub(crate) struct DeadlineLayer {
    curves: Curves,
}

impl Default for DeadlineLayer {
    fn default() -> Self {
        Self { curves: Curves::below(paths::DEADLINES) }
    }
}

impl DeadlineLayer {
    /// Adds one value per deadline, and the line below which a frame is late. A frame that was
    /// left out has none.
    pub(crate) fn draw(
        &mut self,
        canvas: &Canvas,
        deadlines: &[DeadlineView<'_>],
    ) -> Result<(), VizError> {
        if deadlines.is_empty() {
            return Ok(());
        }
        let limit = self.curves.looking(canvas, LIMIT.label, &LIMIT)?;
        canvas.log(limit, &Scalars::single(0.0))?;
        for deadline in deadlines {
            let path = self.curves.of(canvas, deadline.component)?;
            if let Some(took_ms) = deadline.took_ms {
                canvas.log(path, &Scalars::single(deadline.allowed_ms - took_ms))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_missed_deadlines_are_complained_of() {
        let seen = |took_ms| DeadlineView { component: "camera", allowed_ms: 80.0, took_ms };
        assert_eq!(seen(Some(80.0)).complaint(), None);
        let late = seen(Some(92.34)).complaint();
        assert_eq!(late.as_deref(), Some("camera: 12.3 ms later than the 80 ms allowed"));
        let left_out = seen(None).complaint();
        assert_eq!(left_out.as_deref(), Some("camera: left the frame out, being late"));
    }
}
