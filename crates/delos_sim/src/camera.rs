//! A camera: pictures of a scene, and how much of each road user they show.
//!
//! A visibility buffer (whose surface, how far) is filled by rasterising the ground and
//! the solids and by meeting leafy volumes ray by ray; then each pixel is shaded once.

mod colour;
mod contact;
mod facade;
mod faces;
mod leaves;
mod light;
mod noise;
mod raster;
mod sensor;
mod shade;
mod shadow;
mod sighting;
mod target;
mod terrain;
#[cfg(test)]
mod tests;
mod texture;
mod view;
mod wall;

pub use light::Light;

use crate::scene::Scene;
use delos_core::{Box2, Camera, CameraModel, CoreError, Ego, Image, ImageSize, Transform};
use shade::Shader;
use shadow::Shadows;
use sighting::Sightings;
use target::{Owner, Target};
use view::View;

/// A pinhole camera on the vehicle that looks along its x axis: columns to the right,
/// rows down, depth forward. Pixels have their centres at whole numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CameraRig {
    /// Focal length, pixels.
    pub focal: f32,
    /// Principal point, pixels.
    pub center: [f32; 2],
    /// Columns and rows.
    pub size: ImageSize,
    /// Centre of projection in the vehicle's frame, metres.
    pub in_ego: [f32; 3],
}

impl Default for CameraRig {
    /// Field of view and place much as KITTI's left colour camera (Geiger et al., IJRR
    /// 2013), without its distortion and tilt.
    fn default() -> Self {
        Self {
            focal: 720.0,
            center: [610.0, 173.0],
            size: ImageSize { width: 1242, height: 375 },
            in_ego: [0.27, 0.0, -0.08],
        }
    }
}

impl CameraRig {
    /// Its calibration: pinhole, rectified, axes x right, y down, z forward.
    ///
    /// # Errors
    /// [`CoreError::Focal`] without a focal length.
    pub fn model(&self) -> Result<CameraModel, CoreError> {
        let CameraRig { focal, center: [u, v], size, in_ego } = *self;
        let (focal, u, v) = (f64::from(focal), f64::from(u), f64::from(v));
        let projection = [focal, 0.0, u, 0.0, 0.0, focal, v, 0.0, 0.0, 0.0, 1.0, 0.0];
        let [x, y, z] = in_ego.map(f64::from);
        let camera_from_ego = Transform::<Camera, Ego>::from_row_major(&[
            0.0, -1.0, 0.0, y, 0.0, 0.0, -1.0, z, 1.0, 0.0, 0.0, -x,
        ])?;
        CameraModel::new(&projection, camera_from_ego, Some(size))
    }
}

/// What a picture shows of one road user.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sighting {
    /// Pixels in which it is what the picture shows.
    pub visible_px: u32,
    /// Pixels of the image that it would take up if nothing stood before it.
    pub covered_px: u32,
    /// Bounds of its shape in the image, pixels; `None` when it is outside.
    pub bbox: Option<Box2>,
    /// Share of the area of its bounds that lies outside the image, 0 to 1.
    pub truncation: f32,
}

/// An image and what it shows.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The image.
    pub image: Image,
    /// One for each of [`Scene::objects`], in the same order.
    pub sightings: Vec<Sighting>,
}

/// Takes a picture. The light is that of the whole drive, the seed that of the sensor's
/// noise in this frame.
pub fn render(scene: &Scene, rig: &CameraRig, light: &Light, noise_seed: u64) -> Picture {
    let view = View::new(scene, rig);
    let (target, shader, sightings) = look(scene, &view, light);
    let open = contact::open_sky(scene, &view, &target);
    let light: Vec<colour::Rgb> = (0..target.owner.len())
        .map(|i| {
            let (x, y) = (i % target.width, i / target.width);
            shader.pixel(x, y, target.owner[i], target.nearness[i], open[i])
        })
        .collect();
    let bytes = sensor::expose(&light, &target, noise_seed);
    Picture { image: image(rig.size, bytes), sightings: sightings.finish(&view) }
}

/// Finds out what each pixel sees.
fn look<'a>(scene: &'a Scene, view: &'a View, light: &'a Light) -> (Target, Shader<'a>, Sightings) {
    let mut target = Target::new(view);
    let mut sightings = Sightings::new(scene.objects.len(), target.owner.len(), view.width);
    let terrain = terrain::draw(&scene.ground, view, &mut target);
    let faces = faces::draw(scene, view, &mut target, &mut sightings);
    let leaves = leaves::draw(&scene.volumes, view, &mut target);
    for owner in &target.owner {
        if let Owner::Face(face) = owner
            && let Some(object) = faces.all.get(*face as usize).and_then(|face| face.object)
        {
            sightings.show(object);
        }
    }
    let shadows = Shadows::new(scene, view, &light.sun, &leaves);
    (target, Shader { scene, view, light, shadows, faces, terrain, leaves }, sightings)
}

/// An image of a rig without a pixel is one black pixel.
fn image(size: ImageSize, bytes: Vec<u8>) -> Image {
    Image::from_rgb(size.width, size.height, bytes)
        .or_else(|_| Image::from_rgb(1, 1, vec![0; 3]))
        .unwrap_or_else(|_| unreachable!("one pixel has three bytes"))
}
