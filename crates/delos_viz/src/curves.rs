//! Curves over the frames, one entity each.

use crate::canvas::Canvas;
use crate::{VizError, palette, paths};
use rerun::{EntityPath, SeriesLines};
use std::collections::BTreeMap;

/// Colour of the whole chain.
const END_TO_END: palette::Rgb = [255, 255, 255];

/// How a curve looks.
pub(crate) struct Look<'a> {
    /// Its name in the legend.
    pub(crate) label: &'a str,
    /// Its colour.
    pub(crate) rgb: palette::Rgb,
    /// Its width, points.
    pub(crate) width: f32,
}

/// The curves below one entity, told by the names of what they are about.
pub(crate) struct Curves {
    folder: &'static str,
    known: BTreeMap<String, EntityPath>,
}

impl Curves {
    /// No curves yet.
    pub(crate) const fn below(folder: &'static str) -> Self {
        Self { folder, known: BTreeMap::new() }
    }

    /// The entity of a component, or of the whole chain; a new one gets a name and the next colour.
    pub(crate) fn of(&mut self, canvas: &Canvas, name: &str) -> Result<EntityPath, VizError> {
        let look = if name == paths::END_TO_END {
            Look { label: "end to end", rgb: END_TO_END, width: 2.5 }
        } else {
            Look { label: name, rgb: palette::distinct(self.known.len() as u32), width: 1.8 }
        };
        self.looking(canvas, name, &look)
    }

    /// The entity of this name; a new one gets this look.
    pub(crate) fn looking(
        &mut self,
        canvas: &Canvas,
        name: &str,
        look: &Look<'_>,
    ) -> Result<EntityPath, VizError> {
        if let Some(path) = self.known.get(name) {
            return Ok(path.clone());
        }
        let path = EntityPath::new(vec![self.folder.into(), name.into()]);
        let lines = SeriesLines::new()
            .with_names([look.label])
            .with_colors([palette::color(look.rgb)])
            .with_widths([look.width]);
        canvas.fix(path.clone(), &lines)?;
        self.known.insert(name.to_owned(), path.clone());
        Ok(path)
    }
}
