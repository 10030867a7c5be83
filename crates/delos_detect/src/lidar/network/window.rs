//! The part of the ground that the network sees.

use crate::DetectError;

/// Side of a cell of the raster, metres.
pub(super) const CELL_M: f64 = 0.32;

/// A rectangle of the ground in the sensor's frame, cut into square cells of 0.32 m.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    corner_m: [f64; 2],
    cells: [u32; 2],
}

impl Window {
    /// What lies ahead: x 0 to 69.12 m, y -39.68 to 39.68 m.
    pub const FRONT: Self = Self { corner_m: [0.0, -39.68], cells: [216, 248] };

    /// All around: x and y -69.12 to 69.12 m.
    pub const FULL_TURN: Self = Self { corner_m: [-69.12, -69.12], cells: [432, 432] };

    /// Both numbers of cells are multiples of this: the network halves them three times.
    pub const MULTIPLE: u32 = 8;

    /// Most cells along one axis, a third of a kilometre.
    pub const LARGEST: u32 = 1024;

    /// The window whose least x and y (metres, forward and left of the sensor) are `corner_m`,
    /// with `cells` along x and y.
    ///
    /// # Errors
    /// [`DetectError::Window`] when a number of cells is no multiple of [`Self::MULTIPLE`]
    /// within 8..=[`Self::LARGEST`], or the corner is farther away than a kilometre.
    pub fn new(corner_m: [f64; 2], cells: [u32; 2]) -> Result<Self, DetectError> {
        let refused = |cause| Err(DetectError::Window { corner_m, cells, cause });
        if cells.iter().any(|side| !(Self::MULTIPLE..=Self::LARGEST).contains(side)) {
            return refused("cells along x and y must be 8 to 1024");
        }
        if cells.iter().any(|side| side % Self::MULTIPLE != 0) {
            return refused("cells along x and y must be multiples of 8");
        }
        if !corner_m.iter().all(|side| side.abs() <= 1000.0) {
            return refused("its corner must be numbers within a kilometre");
        }
        Ok(Self { corner_m, cells })
    }

    /// Least x and y, metres.
    pub const fn corner_m(&self) -> [f64; 2] {
        self.corner_m
    }

    /// Cells along x and y.
    pub const fn cells(&self) -> [u32; 2] {
        self.cells
    }

    /// Whether a place on the ground (metres, forward and left of the sensor) lies in it.
    pub fn covers(&self, x: f64, y: f64) -> bool {
        [x, y]
            .into_iter()
            .zip(self.corner_m)
            .zip(self.cells)
            .all(|((at, least), cells)| (least..least + f64::from(cells) * CELL_M).contains(&at))
    }

    /// Cells along x (columns) and y (rows).
    pub(super) const fn columns_rows(&self) -> [usize; 2] {
        [self.cells[0] as usize, self.cells[1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_the_network_cannot_take_is_refused() {
        for (corner, cells, wanted) in [
            ([0.0, 0.0], [0, 8], "8 to 1024"),
            ([0.0, 0.0], [8, 1032], "8 to 1024"),
            ([0.0, 0.0], [8, 12], "multiples of 8"),
            ([f64::NAN, 0.0], [8, 8], "corner"),
            ([0.0, -1001.0], [8, 8], "corner"),
        ] {
            let message = Window::new(corner, cells).expect_err("refused").to_string();
            assert!(message.contains(wanted), "{message}");
        }
        for window in [Window::FRONT, Window::FULL_TURN] {
            assert!(window.covers(69.0, -39.6) && !window.covers(69.2, 0.0));
            assert_eq!(window.covers(-0.1, 39.7), window == Window::FULL_TURN);
            assert_eq!(Window::new(window.corner_m(), window.cells()).expect("sound"), window);
        }
    }
}
