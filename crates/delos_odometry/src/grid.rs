//! Space in cubes.

use nalgebra::Point3;
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// Number of a cube along each axis.
pub(crate) type Cell = [i32; 3];

/// The cube of edge `1 / per_metre` in which a point lies.
pub(crate) fn cell_of(point: &Point3<f64>, per_metre: f64) -> Cell {
    [point.x, point.y, point.z].map(|value| (value * per_metre).floor() as i32)
}

/// One number for a cell. Cells 2^21 cubes apart share theirs: farther than any map reaches.
pub(crate) fn key_of(cell: Cell) -> u64 {
    const BITS: u32 = 21;
    let part = |value: i32| u64::from(value as u32) & ((1 << BITS) - 1);
    (part(cell[0]) << (2 * BITS)) | (part(cell[1]) << BITS) | part(cell[2])
}

/// The same hashes in every run: a multiplication whose high bits are brought down (after Fibonacci
/// hashing, Knuth, The Art of Computer Programming 3, section 6.4).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CellHasher(u64);

pub(crate) type BuildCellHasher = BuildHasherDefault<CellHasher>;

impl Hasher for CellHasher {
    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0 ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

/// Keeps one point of each cube: the first in the order of the scan.
#[derive(Clone, Debug, Default)]
pub(crate) struct Thinner {
    taken: HashSet<u64, BuildCellHasher>,
}

impl Thinner {
    /// Fills `kept` with the first point in each cube of edge `edge_m`, in their order.
    pub(crate) fn thin(
        &mut self,
        points: &[Point3<f32>],
        edge_m: f64,
        kept: &mut Vec<Point3<f32>>,
    ) {
        let per_metre = edge_m.recip();
        self.taken.clear();
        kept.clear();
        let first = |p: &&Point3<f32>| self.taken.insert(key_of(cell_of(&p.cast(), per_metre)));
        kept.extend(points.iter().filter(first));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn cells_below_zero_are_cells_of_their_own() {
        assert_eq!(cell_of(&Point3::new(-0.1, 0.1, 2.0), 1.0), [-1, 0, 2]);
        assert_ne!(key_of([-1, 0, 0]), key_of([1, 0, 0]));
        assert_ne!(key_of([0, -1, 0]), key_of([-1, 0, 0]));
    }

    #[test]
    fn a_point_beyond_all_numbers_has_a_cell() {
        assert_eq!(
            cell_of(&Point3::new(f64::MAX, f64::MIN, f64::NAN), 1.0),
            [i32::MAX, i32::MIN, 0]
        );
    }

    proptest! {
        #[test]
        fn thinning_keeps_the_first_of_each_cube_in_order(
            points in prop::collection::vec(prop::array::uniform3(-5.0..5.0f32), 0..200),
            edge in 0.5..3.0f64,
        ) {
            let points: Vec<Point3<f32>> = points.into_iter().map(Point3::from).collect();
            let mut kept = vec![Point3::origin()];
            Thinner::default().thin(&points, edge, &mut kept);
            let mut seen = BTreeSet::new();
            let cell = |p: &Point3<f32>| cell_of(&p.cast(), edge.recip());
            let wanted: Vec<_> = points.iter().filter(|p| seen.insert(cell(p))).copied().collect();
            prop_assert_eq!(kept, wanted);
        }
    }
}
