//! Detections, and the pose of the vehicle.

use crate::{Body, Box2, Box3, DigestHasher, Ego, ObjectClass, Score, Transform, World};

/// Something seen in a camera image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection2d {
    /// Rectangle in the image, pixels.
    pub bbox: Box2,
    /// What it is.
    pub class: ObjectClass,
    /// How sure the detector is.
    pub score: Score,
}

/// Everything seen in one image, by (score descending, detector order ascending).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detections2d(pub Vec<Detection2d>);

impl Body for Detections2d {
    const NAME: &'static str = "2-D detections";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.u64(self.0.len() as u64);
        for d in &self.0 {
            hasher.box2(&d.bbox).u8(d.class.index()).f64(d.score.get());
        }
    }
}

/// Who says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// LiDAR alone.
    #[default]
    Lidar,
    /// A camera alone.
    Camera,
    /// LiDAR and camera agree.
    Fused,
    /// A detection file.
    File,
}

/// Something found in space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection3d {
    /// Where it is, in the vehicle's frame.
    pub bbox: Box3<Ego>,
    /// What it is.
    pub class: ObjectClass,
    /// How sure the detector is. Raw logits are possible in detection files.
    pub score: Score,
    /// How many LiDAR points support it; 0 when unknown.
    pub points: u32,
    /// Number of its cluster in the scan's [`Segments`](crate::Segments).
    pub cluster: Option<u32>,
    /// Who says so.
    pub source: Source,
    /// Rectangle in the image where the camera sees it.
    pub image_box: Option<Box2>,
}

/// Everything found in one frame, in the detector's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detections3d(pub Vec<Detection3d>);

impl Body for Detections3d {
    const NAME: &'static str = "3-D detections";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.u64(self.0.len() as u64);
        for d in &self.0 {
            hasher
                .box3(&d.bbox)
                .u8(d.class.index())
                .f64(d.score.get())
                .u32(d.points)
                .u64(d.cluster.map_or(u64::MAX, u64::from))
                .u8(d.source as u8)
                .bool(d.image_box.is_some())
                .box2(&d.image_box.unwrap_or_default());
        }
    }
}

/// Objects of one scan that only one of two ways to look at it has found, though both should.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OneSided {
    /// Found by a network alone.
    pub network: Detections3d,
    /// Found by clusters and rules alone.
    pub clusters: Detections3d,
}

impl Body for OneSided {
    const NAME: &'static str = "one-sided detections";
    fn digest(&self, hasher: &mut DigestHasher) {
        self.network.digest(hasher);
        self.clusters.digest(hasher);
    }
}

/// Where the vehicle is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EgoPose {
    /// Pose of the vehicle; the world is the vehicle's frame of the first frame.
    pub world_from_ego: Transform<World, Ego>,
}

impl Body for EgoPose {
    const NAME: &'static str = "ego pose";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.transform(&self.world_from_ego);
    }
}

impl DigestHasher {
    /// The four edges of a rectangle.
    pub fn box2(&mut self, b: &Box2) -> &mut Self {
        self.f32(b.x1).f32(b.y1).f32(b.x2).f32(b.y2)
    }

    /// Centre, size and heading of a box.
    pub fn box3<F: crate::Frame>(&mut self, b: &Box3<F>) -> &mut Self {
        self.f64(b.center.x())
            .f64(b.center.y())
            .f64(b.center.z())
            .f64(b.size.length())
            .f64(b.size.width())
            .f64(b.size.height())
            .f64(b.yaw.radians())
    }
}
