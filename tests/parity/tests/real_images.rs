//! The camera's chain that stays on a device, on real images with real weights: the boxes are those of the
//! processor's chain, to the bit. A stand-in for the driver runs the kernels; the network runs on the processor.

#[path = "common/real_network.rs"]
mod real_network;

use delos_core::{Detections2d, Image};
use delos_detect::camera::{CameraDetector, CameraOptions};
use delos_detect::models::Thresholds;
use delos_infer::{OrtLibrary, StreamOptions};
use delos_parity::{model_of, options_on, stand_in};
use real_network::on_the_stand_in;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

const IMAGES: [&str; 3] = ["000008.png", "000000.png", "000001.png"];

#[test]
fn yolox_nano_on_the_device_finds_the_processors_boxes() {
    on_the_stand_in("yolox_nano_on_the_device_finds_the_processors_boxes", compare);
}

fn compare(data: &Path, models: &Path) {
    let runtime = OrtLibrary::find(None).expect("found before").load().expect("loads");
    let on = stand_in().expect("the stand-in opens");
    let model = model_of(models, "yolox_nano").expect("the file of the card yolox_nano");
    let images: Vec<Image> = images(data);
    for size in [[416, 416], [1248, 384]] {
        let thresholds = Some(Thresholds { score: 0.05, nms_iou: 0.45 });
        let options = CameraOptions {
            size: Some(size),
            thresholds,
            images: IMAGES.len(),
            ..options_on(&on, StreamOptions::default())
        };
        let mut plain = CameraDetector::open(runtime, model.clone(), &options).expect("opens");
        let mut resident =
            CameraDetector::open_on(runtime, model.clone(), &options, &on).expect("opens");
        assert!(resident.is_resident() && !plain.is_resident());
        let lent: Vec<&Image> = images.iter().collect();
        let mut unmeasured = delos_core::Unmeasured;
        let wanted = plain.detect_all(&lent, &mut unmeasured).expect("runs");
        let got = resident.detect_all(&lent, &mut unmeasured).expect("runs");
        assert_eq!(got, wanted, "a batch, {size:?}");
        let one_by_one: Vec<Detections2d> =
            images.iter().map(|image| plain.detect(image).expect("runs")).collect();
        assert_eq!(wanted, one_by_one, "the processor's batch, {size:?}");
        let boxes: usize = wanted.iter().map(|found| found.0.len()).sum();
        assert!(boxes > 20, "{boxes} boxes at {size:?}");
        eprintln!("{boxes} boxes at {size:?}");
    }
    eprintln!("every box is the same");
}

fn images(data: &Path) -> Vec<Image> {
    let folder = data.join("kitti_object/training/image_2");
    IMAGES.map(|name| png_image(&folder.join(name))).into()
}

/// A PNG image of 8-bit RGB.
fn png_image(path: &Path) -> Image {
    let file = BufReader::new(File::open(path).expect("an image"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG image");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a sensible size")];
    let info = reader.next_frame(&mut pixels).expect("a sound image");
    assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Rgb, png::BitDepth::Eight));
    Image::from_rgb(info.width, info.height, pixels).expect("the right length")
}
