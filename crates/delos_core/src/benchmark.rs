//! Rows of the field's benchmarks, number for number.

use crate::ObjectClass;

/// One row of KITTI's label and result files, exactly as it is written.
///
/// The evaluation needs the numbers of the file and not what a chain makes of them: 64 bits,
/// no wrapped angle, no frame but the file's own (rectified reference camera: x right, y
/// down, z forward). Where a value is not given, the file's own stand-in is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BenchmarkRow {
    /// Line in the file, counted from 1.
    pub line: u32,
    /// Frame number; 0 in files of one frame.
    pub frame: u32,
    /// Identity in the sequence; -1 where there is none.
    pub id: i64,
    /// What it is.
    pub class: ObjectClass,
    /// 0..=1 in object files, a level 0, 1, 2 in tracking files, -1 not given.
    pub truncation: f64,
    /// 0 visible, 1 partly, 2 mostly hidden, 3 unknown, -1 not given.
    pub occlusion: i64,
    /// The angle under which the camera sees it, radians; -10 not given.
    pub alpha: f64,
    /// Rectangle in the image `[x1, y1, x2, y2]`, pixels; all -1 not given.
    pub image_box: [f64; 4],
    /// Extents `[height, width, length]`, metres; -1 (or -1000 in regions) not given.
    pub size_hwl: [f64; 3],
    /// Centre of the lower face `[x, y, z]` in the camera's frame, metres; -1000 not given.
    pub bottom: [f64; 3],
    /// Rotation about the camera's y axis, radians; -10 (or -1) not given.
    pub rotation_y: f64,
    /// How sure; `None` where the row has no such column, as in labels.
    pub score: Option<f64>,
}

/// One row of `MOTChallenge`'s truth and result files, exactly as it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MotRow {
    /// Line in the file, counted from 1.
    pub line: u32,
    /// Frame number, counted from 1.
    pub frame: u32,
    /// Identity in the sequence; -1 where there is none, as in files of detections.
    pub id: i64,
    /// Rectangle in the image `[left, top, width, height]`, pixels.
    pub rectangle: [f64; 4],
    /// How sure. In files of truth a flag: 0 means that the row does not count.
    pub confidence: f64,
    /// What follows, -1 where the row ends before: from MOT16 on class, visibility and a
    /// column without use, in MOT15 the place `[x, y, z]` in the world, metres.
    pub rest: [f64; 3],
}
