//! A made-up drive in KITTI's raw layout: flat ground, two cars, a camera that looks forward.

use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// A drive in a temporary folder.
pub struct MadeUpDrive {
    folder: tempfile::TempDir,
    frames: u32,
}

const DRIVE: &str = "2020_01_01_drive_0001_sync";
const IMAGE_SIZE: (u32, u32) = (620, 188);

impl MadeUpDrive {
    /// A drive of `frames` scans without images.
    ///
    /// # Panics
    /// When the files cannot be written.
    pub fn with_scans(frames: u32) -> Self {
        let drive = Self { folder: tempfile::tempdir().expect("a temporary folder"), frames };
        fs::create_dir_all(drive.scan(0).parent().expect("a folder")).expect("made");
        for (name, text) in CALIBRATION {
            fs::write(drive.day().join(name), text).expect("written");
        }
        for frame in 0..frames {
            fs::write(drive.scan(frame), scan_bytes(&scene(frame))).expect("written");
        }
        drive
    }

    /// The same with images.
    ///
    /// # Panics
    /// When the files cannot be written.
    pub fn with_scans_and_images(frames: u32) -> Self {
        let drive = Self::with_scans(frames);
        fs::create_dir_all(drive.image(0).parent().expect("a folder")).expect("made");
        for frame in 0..drive.frames {
            write_png(&drive.image(frame));
        }
        drive
    }

    /// The folder of the day, with the calibration.
    pub fn day(&self) -> &Path {
        self.folder.path()
    }

    /// The drive's folder, for `--data`.
    pub fn path(&self) -> PathBuf {
        self.day().join(DRIVE)
    }

    /// A scan's file.
    pub fn scan(&self, frame: u32) -> PathBuf {
        self.path().join(format!("velodyne_points/data/{frame:010}.bin"))
    }

    /// An image's file.
    pub fn image(&self, frame: u32) -> PathBuf {
        self.path().join(format!("image_02/data/{frame:010}.png"))
    }

    /// A folder for results that does not exist yet.
    pub fn out(&self) -> PathBuf {
        self.day().join("out")
    }
}

/// KITTI's axes without tilt; a camera 0.1 m behind and below the LiDAR.
const CALIBRATION: [(&str, &str); 2] = [
    (
        "calib_cam_to_cam.txt",
        "calib_time: 01-Jan-2020 00:00:00\n\
         S_rect_02: 6.200000e+02 1.880000e+02\n\
         R_rect_00: 1 0 0 0 1 0 0 0 1\n\
         P_rect_02: 360 0 310 0 0 360 94 0 0 0 1 0\n",
    ),
    (
        "calib_velo_to_cam.txt",
        "calib_time: 01-Jan-2020 00:00:00\nR: 0 -1 0 0 0 -1 1 0 0\nT: 0 -0.1 -0.1\n",
    ),
];

/// Points of one frame: rings on the ground, and two cars that drive ahead.
pub fn scene(frame: u32) -> Vec<[f32; 4]> {
    let mut points = Vec::new();
    for ring in 0..40 {
        let range = 4.0 + 0.9 * ring as f32;
        for step in 0..720 {
            let angle = (step as f32 * 0.5).to_radians();
            points.push([range * angle.cos(), range * angle.sin(), -1.73, 0.3]);
        }
    }
    let ahead = 0.3 * frame as f32;
    add_car(&mut points, 12.0 + ahead, 3.0);
    add_car(&mut points, 18.0 - ahead, -4.0);
    points
}

/// The rear and the near side of a car, as a LiDAR at the origin sees them.
fn add_car(points: &mut Vec<[f32; 4]>, rear_x: f32, y: f32) {
    let near_y = y - 0.8 * y.signum();
    for row in 0..12 {
        let z = -1.6 + 0.11 * row as f32;
        for step in 0..=16 {
            points.push([rear_x, y - 0.8 + 0.1 * step as f32, z, 0.5]);
        }
        for step in 1..=40 {
            points.push([rear_x + 0.1 * step as f32, near_y, z, 0.5]);
        }
    }
}

/// A scan in KITTI's format.
pub fn scan_bytes(points: &[[f32; 4]]) -> Vec<u8> {
    points.iter().flatten().flat_map(|value| value.to_le_bytes()).collect()
}

/// Sky over road.
fn write_png(path: &Path) {
    let (width, height) = IMAGE_SIZE;
    let rows = (0..height).flat_map(|y| {
        let pixel: [u8; 3] = if y < height / 2 { [150, 180, 220] } else { [90, 90, 95] };
        std::iter::repeat_n(pixel, width as usize).flatten()
    });
    let file = fs::File::create(path).expect("written");
    let mut encoder = png::Encoder::new(BufWriter::new(file), width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&rows.collect::<Vec<u8>>()).expect("written");
}
