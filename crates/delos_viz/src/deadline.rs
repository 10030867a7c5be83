//! How close the components came to their deadlines, as curves over the frames.

use crate::canvas::Canvas;
use crate::{DeadlineView, VizError, palette, paths};
use rerun::{EntityPath, Scalars, SeriesLines};
use std::collections::BTreeMap;

/// Colour of the line below which a frame is late.
const LIMIT: palette::Rgb = [255, 72, 72];
/// Name of that line.
const LIMIT_NAME: &str = "late below";
/// Colour of the whole chain.
const END_TO_END: palette::Rgb = [255, 255, 255];

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
#[derive(Default)]
pub(crate) struct DeadlineLayer {
    curves: BTreeMap<String, EntityPath>,
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
        let limit = self.curve(canvas, LIMIT_NAME)?;
        canvas.log(limit, &Scalars::single(0.0))?;
        for deadline in deadlines {
            let path = self.curve(canvas, deadline.component)?;
            if let Some(took_ms) = deadline.took_ms {
                canvas.log(path, &Scalars::single(deadline.allowed_ms - took_ms))?;
            }
        }
        Ok(())
    }

    /// The entity of a deadline; a new one gets a name and a colour.
    fn curve(&mut self, canvas: &Canvas, name: &str) -> Result<EntityPath, VizError> {
        if let Some(path) = self.curves.get(name) {
            return Ok(path.clone());
        }
        let path = EntityPath::new(vec![paths::DEADLINES.into(), name.into()]);
        let (label, rgb, width) = match name {
            LIMIT_NAME => (name, LIMIT, 1.2),
            paths::END_TO_END => ("end to end", END_TO_END, 2.5),
            _ => (name, palette::distinct(self.curves.len() as u32), 1.8),
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
