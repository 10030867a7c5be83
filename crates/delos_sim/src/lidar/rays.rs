//! What the rays of a scan have met so far.

use super::NO_OBJECT;
use crate::shape::Material;

/// What a ray met.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Hit {
    /// Distance along the ray, metres; infinite: nothing.
    pub(super) range_m: f32,
    /// Cosine of the angle between ray and normal, 0..=1.
    pub(super) cos: f32,
    /// Which object of the scene, or [`NO_OBJECT`].
    pub(super) object: u32,
    /// What it is made of.
    pub(super) material: Material,
}

impl Hit {
    /// Nothing within this range.
    pub(super) const fn nothing(range_m: f32) -> Self {
        Self { range_m, cos: 0.0, object: NO_OBJECT, material: Material::Asphalt }
    }
}

/// The nearest surfaces that can be told apart by what a ray does there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    /// Opaque surfaces and leaves.
    Opaque,
    /// Panes, which a ray may pass.
    Glass,
    /// The inner sides of things with panes: where rays end that passed one.
    Inside,
}

/// The nearest hit of each ray in each layer, laser by laser.
pub(super) struct Rays {
    columns: usize,
    lasers: usize,
    /// Rows by layer and laser, empty until something is there: most lasers look at no pane.
    rows: Vec<Vec<Hit>>,
    max_range_m: f32,
}

impl Rays {
    pub(super) fn new(lasers: usize, columns: usize, max_range_m: f32) -> Self {
        Self { columns, lasers, rows: vec![Vec::new(); 3 * lasers], max_range_m }
    }

    /// The hits of one laser, by column.
    pub(super) fn row_mut(&mut self, layer: Layer, laser: usize) -> &mut [Hit] {
        let row = &mut self.rows[layer as usize * self.lasers + laser];
        if row.is_empty() {
            row.resize(self.columns, Hit::nothing(self.max_range_m));
        }
        row
    }

    /// The hits of all lasers of a layer, each by column.
    pub(super) fn rows_mut(&mut self, layer: Layer) -> impl Iterator<Item = &mut [Hit]> {
        let (none, columns) = (Hit::nothing(self.max_range_m), self.columns);
        let rows = &mut self.rows[layer as usize * self.lasers..][..self.lasers];
        rows.iter_mut().map(move |row| {
            row.resize(columns, none);
            row.as_mut_slice()
        })
    }

    /// What the rays of one laser met.
    pub(super) fn row(&self, laser: usize) -> Row<'_> {
        let row = |layer| self.rows[layer as usize * self.lasers + laser].as_slice();
        Row {
            opaque: row(Layer::Opaque),
            glass: row(Layer::Glass),
            inside: row(Layer::Inside),
            max_range_m: self.max_range_m,
        }
    }

    /// The farthest that counts, metres.
    pub(super) const fn max_range_m(&self) -> f32 {
        self.max_range_m
    }
}

/// What the rays of one laser met.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    opaque: &'a [Hit],
    glass: &'a [Hit],
    inside: &'a [Hit],
    max_range_m: f32,
}

impl<'a> Row<'a> {
    /// What a ray met in a layer; `None`: nothing within range.
    pub(super) fn get(&self, layer: Layer, column: usize) -> Option<&'a Hit> {
        let row = match layer {
            Layer::Opaque => self.opaque,
            Layer::Glass => self.glass,
            Layer::Inside => self.inside,
        };
        row.get(column).filter(|hit| hit.range_m < self.max_range_m)
    }
}
