//! Pillars laid over the grid.

/// Scatters the numbers of pillars over a grid, `[1, channels, rows, columns]`.
///
/// A cell without a pillar holds zeros. Nothing is allocated after [`Canvas::new`]; only cells
/// that have or had a pillar are touched.
#[derive(Clone, Debug)]
pub struct Canvas {
    channels: usize,
    area: usize,
    numbers: Vec<f32>,
    /// Cells with a pillar.
    used: Vec<u32>,
}

impl Canvas {
    /// Zeros, for so many numbers a pillar and a grid of `[columns, rows]`.
    pub fn new(channels: u32, grid: [u32; 2]) -> Self {
        let (channels, area) = (channels as usize, grid[0] as usize * grid[1] as usize);
        Self { channels, area, numbers: vec![0.0; channels * area], used: Vec::new() }
    }

    /// The grid with `features` `[P, channels]` in the row-major `cells` `[P]`, each cell once.
    /// Cells outside the grid and pillars without numbers are left out.
    pub fn scatter(&mut self, features: &[f32], cells: &[u32]) -> &[f32] {
        let Self { channels, area, numbers, used } = self;
        for plane in numbers.chunks_exact_mut(*area) {
            for cell in &*used {
                plane[*cell as usize] = 0.0;
            }
        }
        used.clear();
        let count = features.len() / *channels;
        used.extend(cells.iter().take(count).filter(|cell| (**cell as usize) < *area));
        for (channel, plane) in numbers.chunks_exact_mut(*area).enumerate() {
            let pillars = features.iter().skip(channel).step_by(*channels);
            for (number, cell) in pillars.zip(cells) {
                if let Some(place) = plane.get_mut(*cell as usize) {
                    *place = *number;
                }
            }
        }
        numbers
    }
}
