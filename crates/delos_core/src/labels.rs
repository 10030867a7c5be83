//! Ground truth.

use crate::{Body, Box2, Box3, DigestHasher, Ego, ObjectClass, TrackId};

/// One labelled object.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledObject {
    /// What it is; [`ObjectClass::DontCare`] for regions to leave out.
    pub class: ObjectClass,
    /// Identity over the sequence, where the data set has one.
    pub track: Option<TrackId>,
    /// Place in the vehicle's frame; regions to leave out have none.
    pub bbox: Option<Box3<Ego>>,
    /// Rectangle in the image, where the data set has one.
    pub image_box: Option<Box2>,
    /// How far it leaves the image: 0..=1 in object files, a level 0, 1, 2 in tracking files.
    pub truncation: f32,
    /// 0 visible, 1 partly hidden, 2 mostly hidden, 3 unknown.
    pub occlusion: u8,
}

/// Everything labelled in one frame, in the file's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroundTruth(pub Vec<LabelledObject>);

impl Body for GroundTruth {
    const NAME: &'static str = "ground truth";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.u64(self.0.len() as u64);
        for o in &self.0 {
            hasher.u8(o.class.index()).u64(o.track.map_or(u64::MAX, |id| u64::from(id.0)));
            hasher.bool(o.bbox.is_some());
            if let Some(bbox) = &o.bbox {
                hasher.box3(bbox);
            }
            hasher
                .bool(o.image_box.is_some())
                .box2(&o.image_box.unwrap_or_default())
                .f32(o.truncation)
                .u8(o.occlusion);
        }
    }
}
