//! A spinning LiDAR: a scan of a scene, point by point as the sensor would write it.
//!
//! All rays of a turn leave one point, so nothing is traced through a tree: each
//! triangle looks up the lasers and columns it can cover (`triangles`), the ground is
//! marched once for each column (`terrain`), leafy volumes stop rays at random depths
//! (`leaves`), and what the nearest surfaces send back is worked out in the end
//! (`response`). Not modelled: echoes mixed of two surfaces, and the distances of up to 0.2 m
//! between the lasers. The motion of the vehicle during a turn is put together of slices
//! (`simulation`).

mod beams;
mod columns;
mod leaves;
mod material;
mod rays;
mod response;
mod terrain;
mod triangles;

use crate::error::SimError;
use crate::scene::Scene;
use beams::Beam;
use columns::Columns;
use delos_core::{Ego, PointCloud};
use rays::Rays;

/// The number of a point that lies on no object of the scene.
pub const NO_OBJECT: u32 = u32::MAX;

/// A kind of LiDAR.
#[derive(Clone, Debug)]
pub struct Lidar {
    name: &'static str,
    /// From the highest to the lowest.
    beams: Vec<Beam>,
    /// Firings of each laser in a turn.
    columns: usize,
    /// The farthest return, metres.
    max_range_m: f32,
}

/// Which part of a turn is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sector {
    /// All of it.
    Full,
    /// What lies in front.
    Front {
        /// Largest angle to the x axis on either side, radians.
        half_angle_rad: f32,
    },
    /// One of equal parts of a turn, counted in the order in which it is looked at: clockwise
    /// from behind.
    Slice {
        /// Which, from 0.
        index: u16,
        /// How many there are.
        of: u16,
    },
}

/// A scan and what its points lie on.
#[derive(Clone, Debug, PartialEq)]
pub struct LidarScan {
    /// Returns, laser by laser from the highest, each counter-clockwise from the x axis;
    /// metres on a grid of a millimetre, intensities on a grid of 0.01.
    pub cloud: PointCloud<Ego>,
    /// For each point its number in [`Scene::objects`], or [`NO_OBJECT`].
    pub hits: Vec<u32>,
}

impl LidarScan {
    /// How many points lie on each of the first `objects` objects.
    pub fn points_on(&self, objects: usize) -> Vec<u32> {
        let mut counts = vec![0; objects];
        for hit in &self.hits {
            if let Some(count) = counts.get_mut(*hit as usize) {
                *count += 1;
            }
        }
        counts
    }
}

impl Lidar {
    /// The LiDAR of this name: see [`Lidar::names`]. At ten turns a second the HDL-64E
    /// fires 2083 times a turn (0.1728 degrees); in KITTI a turn takes 103 ms, which makes
    /// 2146, the length of its fullest rings. KITTI's scans end at 80 m though the sensor
    /// sees farther. The HDL-32E of nuScenes makes twenty turns with 1084 firings
    /// each and sees 100 m.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &str) -> Result<Self, SimError> {
        match name {
            "hdl64" => Ok(Self::new("hdl64", beams::hdl64(), 2146, 80.0)),
            "hdl32" => Ok(Self::new("hdl32", beams::hdl32(), 1084, 100.0)),
            _ => Err(SimError::Lidar { name: name.to_owned(), known: Self::names().join(", ") }),
        }
    }

    /// The names of all: the Velodyne HDL-64E and HDL-32E.
    pub const fn names() -> [&'static str; 2] {
        ["hdl64", "hdl32"]
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How many lasers it has.
    pub const fn lasers(&self) -> usize {
        self.beams.len()
    }

    /// How often each laser fires in a turn.
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// One turn, or a part of it, in a scene that stands still meanwhile. The same seed
    /// gives the same noise; a part has exactly those points of the whole turn that lie
    /// in it.
    pub fn scan(&self, scene: &Scene, sector: Sector, seed: u64) -> LidarScan {
        let columns = Columns::new(self.columns, sector, seed);
        let rays = self.cast(scene, &columns, seed);
        response::returns(&self.beams, &columns, &rays, seed)
    }

    /// What each ray meets, without noise of the sensor.
    fn cast(&self, scene: &Scene, columns: &Columns, seed: u64) -> Rays {
        let mut rays = Rays::new(self.beams.len(), columns.len(), self.max_range_m);
        terrain::cast(scene, &self.beams, columns, &mut rays);
        for solid in &scene.solids {
            triangles::cast(solid, &scene.ego, &self.beams, columns, &mut rays);
        }
        for volume in &scene.volumes {
            leaves::cast(volume, &scene.ego, &self.beams, columns, seed, &mut rays);
        }
        rays
    }

    const fn new(name: &'static str, beams: Vec<Beam>, columns: usize, max_range_m: f32) -> Self {
        Self { name, beams, columns, max_range_m }
    }
}

#[cfg(test)]
mod tests;
