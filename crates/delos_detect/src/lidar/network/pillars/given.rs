//! The inputs of a network of pillars.

use super::Pillars;
use crate::models::{CellColumn, CellsCard, ModelCard, PillarCard, points_shape};
use delos_core::{Ego, PointCloud};
use delos_infer::{Input, Numbers, TensorInfo};

/// Pillars of a scan as the inputs of a network. Holds buffers.
#[derive(Debug)]
pub(super) struct Given {
    pillars: Pillars,
    name: String,
    shape: Vec<usize>,
    counts: Option<Whole>,
    cells: Option<(Whole, CellsCard)>,
}

impl Given {
    /// For a file with these inputs, which the card fits.
    pub(super) fn new(card: &ModelCard, pillars: &PillarCard, inputs: &[TensorInfo]) -> Self {
        let taken = |name: &str| inputs.iter().find(|tensor| tensor.name == name);
        let count = |tensor: &TensorInfo| {
            let one = points_shape(pillars, 1);
            let axis = if one[0] == 1 && one.len() == 4 { 2 } else { 0 };
            tensor.shape.get(axis).copied().flatten()
        };
        let is_fixed = taken(&card.input.name).and_then(count).is_some();
        let cells = pillars.cells.as_ref();
        Self {
            pillars: Pillars::new(pillars, is_fixed),
            name: card.input.name.clone(),
            shape: Vec::new(),
            counts: pillars.counts.as_deref().and_then(taken).map(Whole::new),
            cells: cells.and_then(|card| Some((Whole::new(taken(&card.name)?), card.clone()))),
        }
    }

    /// Gathers a scan.
    pub(super) fn fill(
        &mut self,
        card: &PillarCard,
        cloud: &PointCloud<Ego>,
        ego_height_m: Option<f64>,
        workers: usize,
    ) -> usize {
        let count = self.pillars.fill(cloud, ego_height_m, workers);
        self.shape = points_shape(card, self.pillars.given());
        self.write_whole(card.grid()[0]);
        count
    }

    /// The pillars.
    pub(super) const fn pillars(&self) -> &Pillars {
        &self.pillars
    }

    /// The inputs, borrowed.
    pub(super) fn inputs(&self) -> Vec<Input<'_>> {
        let data = Numbers::F32(self.pillars.tensor());
        let points = Input { name: &self.name, shape: &self.shape, data };
        let counts = self.counts.as_ref().map(Whole::input);
        let cells = self.cells.as_ref().map(|(whole, _)| whole.input());
        [Some(points), counts, cells].into_iter().flatten().collect()
    }

    /// Writes counts and cells; pillars that pad repeat the first.
    fn write_whole(&mut self, columns: u32) {
        let Self { pillars, counts, cells, .. } = self;
        let first = |list: &[u32], number: usize| list.get(number).or(list.first()).copied();
        let given = pillars.given();
        if let Some(counts) = counts {
            let values = (0..given).filter_map(|pillar| first(pillars.counts(), pillar));
            counts.write(&[given], values.map(u32::cast_signed));
        }
        if let Some((cells, card)) = cells {
            let each = (0..given).filter_map(|pillar| first(pillars.cells(), pillar));
            let values = each.flat_map(|cell| {
                card.order.iter().map(move |column| match column {
                    CellColumn::Batch | CellColumn::Z => 0,
                    CellColumn::X => (cell % columns).cast_signed(),
                    CellColumn::Y => (cell / columns).cast_signed(),
                })
            });
            cells.write(&[given, card.order.len()], values);
        }
    }
}

/// Whole numbers, in the type that the network takes.
#[derive(Debug)]
struct Whole {
    name: String,
    shape: Vec<usize>,
    values: Values,
}

#[derive(Debug)]
enum Values {
    F32(Vec<f32>),
    I32(Vec<i32>),
    I64(Vec<i64>),
}

impl Whole {
    fn new(tensor: &TensorInfo) -> Self {
        let values = match tensor.element.as_str() {
            "i64" => Values::I64(Vec::new()),
            "i32" => Values::I32(Vec::new()),
            _ => Values::F32(Vec::new()),
        };
        Self { name: tensor.name.clone(), shape: Vec::new(), values }
    }

    fn write(&mut self, shape: &[usize], numbers: impl Iterator<Item = i32>) {
        self.shape.clear();
        self.shape.extend_from_slice(shape);
        match &mut self.values {
            Values::F32(values) => refill(values, numbers.map(|number| number as f32)),
            Values::I32(values) => refill(values, numbers),
            Values::I64(values) => refill(values, numbers.map(i64::from)),
        }
    }

    fn input(&self) -> Input<'_> {
        let data = match &self.values {
            Values::F32(values) => Numbers::F32(values),
            Values::I32(values) => Numbers::I32(values),
            Values::I64(values) => Numbers::I64(values),
        };
        Input { name: &self.name, shape: &self.shape, data }
    }
}

fn refill<T>(values: &mut Vec<T>, numbers: impl Iterator<Item = T>) {
    values.clear();
    values.extend(numbers);
}
