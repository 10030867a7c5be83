//! Made-up input for a network's first run, which is slower than all others: memory is taken, kernels
//! are loaded and chosen. What it finds is thrown away.

use delos_core::{CoreError, Ego, Image, LidarPoint, PointCloud};

/// Grey, as what a letterbox fills up with.
const GREY: u8 = 114;

/// An image of this width and height, pixels.
pub(crate) fn image([width, height]: [u32; 2]) -> Result<Image, CoreError> {
    Image::from_rgb(width, height, vec![GREY; width as usize * height as usize * 3])
}

/// Flat ground around the sensor, `height_m` metres below it: a point every half metre to 60 m.
pub(crate) fn scan(height_m: f64) -> PointCloud<Ego> {
    let steps = || (-120_i16..=120).map(|step| f32::from(step) * 0.5);
    let row =
        |x: f32| steps().map(move |y| LidarPoint { x, y, z: -height_m as f32, intensity: 0.3 });
    PointCloud::new(steps().flat_map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rehearsal_has_something_to_work_on() {
        let image = image([416, 256]).unwrap();
        assert_eq!((image.width(), image.height(), image.rgb()[0]), (416, 256, GREY));
        let cloud = scan(1.73);
        assert_eq!((cloud.points().len(), cloud.dropped()), (241 * 241, 0));
        assert!(cloud.points().iter().all(|point| (point.z + 1.73).abs() < 1e-6));
    }
}
