//! Several images in one call of the processor's chain: the same boxes as one by one, for networks that take
//! batches and for those that do not, in single and in half precision.

use delos_core::{Detection2d, Image, Unmeasured};
use delos_detect::DetectError;
use delos_detect::camera::{CameraDetector, CameraOptions, Together};
use delos_detect::models::{ResolvedModel, Thresholds};
use delos_infer::{OrtLibrary, Runtime};
use delos_parity::{Networks, Random};

fn runtime(test: &str) -> Option<&'static Runtime> {
    match OrtLibrary::find(None) {
        Ok(library) => Some(library.load().expect("a library that was set up loads")),
        Err(error) if std::env::var_os("DELOS_REQUIRE_ORT").is_some() => panic!("{error}"),
        Err(error) => {
            eprintln!("SKIPPED {test}: {error}");
            None
        }
    }
}

/// Noise of different sizes.
fn images(count: usize) -> Vec<Image> {
    let mut random = Random::new(5);
    let sizes = [[124, 37], [96, 64], [201, 83]].into_iter().cycle();
    let image = |[width, height]: [u32; 2]| {
        let count = 3 * width as usize * height as usize;
        let pixels = (0..count).map(|_| random.bits() as u8).collect();
        Image::from_rgb(width, height, pixels).expect("the right length")
    };
    sizes.take(count).map(image).collect()
}

fn open(
    runtime: &Runtime,
    model: &ResolvedModel,
    images: usize,
    together: Together,
) -> CameraDetector {
    let is_small = model.embedded.is_none();
    let score = if is_small { 0.1 } else { 1e-5 };
    let size = Some(if is_small { [96, 64] } else { [224, 96] });
    let thresholds = Some(Thresholds { score, nms_iou: 0.45 });
    let options = CameraOptions { size, thresholds, images, together, ..CameraOptions::default() };
    CameraDetector::open(runtime, model.clone(), &options).expect("opens")
}

#[test]
fn several_images_have_the_boxes_of_single_ones() {
    let Some(runtime) = runtime("several_images_have_the_boxes") else { return };
    let images = images(4);
    for model in Networks::new().unwrap().models() {
        let mut single = open(runtime, model, 1, Together::Batch);
        let wanted: Vec<_> = images.iter().map(|image| single.detect(image).unwrap()).collect();
        assert!(wanted.iter().all(|found| !found.0.is_empty()), "{}", model.card.name);
        for together in [Together::Batch, Together::Streams] {
            let mut several = open(runtime, model, 4, together);
            // Also fewer than announced, and in another order.
            for places in [&[0, 1, 2, 3][..], &[2], &[3, 1, 0]] {
                let lent: Vec<&Image> = places.iter().map(|place| &images[*place]).collect();
                let got = several.detect_all(&lent, &mut Unmeasured).unwrap();
                let wanted: Vec<_> = places.iter().map(|place| wanted[*place].clone()).collect();
                assert_eq!(got, wanted, "{} {together:?} {places:?}", model.card.name);
            }
        }
    }
}

#[test]
fn more_images_than_announced_are_refused() {
    let Some(runtime) = runtime("more_images_than_announced") else { return };
    let networks = Networks::new().unwrap();
    let mut detector = open(runtime, &networks.models()[2], 2, Together::Batch);
    let images = images(3);
    let error = detector.detect_all(&images.iter().collect::<Vec<_>>(), &mut Unmeasured);
    assert!(matches!(error, Err(DetectError::Images { most: 2, got: 3 })));
    assert_eq!(detector.detect_all(&[], &mut Unmeasured).unwrap(), []);
}

#[test]
fn half_precision_moves_boxes_by_little() {
    let Some(runtime) = runtime("half_precision_moves_boxes") else { return };
    let networks = Networks::new().unwrap();
    let [_, _, single, half] = networks.models() else { panic!("four networks") };
    let [mut single, mut half] =
        [single, half].map(|model| open(runtime, model, 1, Together::Batch));
    for image in images(3) {
        let (wanted, got) = (single.detect(&image).unwrap().0, half.detect(&image).unwrap().0);
        assert_eq!(wanted.len(), got.len());
        // Boxes of nearly the same score may change places.
        let is_near = |a: &Detection2d, b: &Detection2d| {
            let score = (a.score.get() - b.score.get()).abs();
            let edges = [a.bbox.x1 - b.bbox.x1, a.bbox.y2 - b.bbox.y2];
            a.class == b.class && score < 0.005 && edges.iter().all(|edge| edge.abs() < 0.3)
        };
        for wanted in &wanted {
            assert!(got.iter().any(|got| is_near(wanted, got)), "{wanted:?} {got:?}");
        }
    }
}
