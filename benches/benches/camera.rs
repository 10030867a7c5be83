//! Pre- and post-processing of the camera, without the network: an image of 1242x375 pixels
//! into a 416x416 input, and the 3549 rows of 85 numbers that YOLOX returns into boxes.

use criterion::{Criterion, criterion_group, criterion_main};
use delos_core::Image;
use delos_detect::camera::{Letterbox, PostProcess};
use delos_detect::models::{ModelCard, ModelStore};
use std::hint::black_box;

const INPUT: [u32; 2] = [416, 416];
const ROWS: usize = 3549;
const COLUMNS: usize = 85;

/// Repeatable numbers within 0..1.
struct Numbers(u32);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (self.0 >> 8) as f32 / (1 << 24) as f32
    }
}

fn card() -> ModelCard {
    ModelStore::default().card("yolox_nano").expect("a shipped card").clone()
}

fn street() -> Image {
    let mut numbers = Numbers(1);
    let pixels = (0..1242 * 375 * 3).map(|_| (numbers.next() * 256.0) as u8).collect();
    Image::from_rgb(1242, 375, pixels).expect("the right length")
}

/// What the network returns for a busy street: nearly every row says "nothing", and each of
/// 20 objects is found by 12 neighbouring rows.
fn network_output() -> Vec<f32> {
    let mut numbers = Numbers(2);
    let mut output: Vec<f32> = (0..ROWS * COLUMNS).map(|_| numbers.next() * 0.02).collect();
    for object in 0..20 {
        let first = object * 170;
        let class = [2, 2, 2, 0, 7, 56][object % 6];
        for row in first..first + 12 {
            let row = &mut output[row * COLUMNS..(row + 1) * COLUMNS];
            row[0] = numbers.next() - (row[0] * 100.0);
            row[2] = 1.0 + numbers.next();
            row[3] = 0.5 + numbers.next();
            row[4] = 0.5 + numbers.next() * 0.5;
            row[5 + class] = 0.6 + numbers.next() * 0.4;
        }
    }
    output
}

fn camera(criterion: &mut Criterion) {
    let (card, image, output) = (card(), street(), network_output());
    let mut letterbox = Letterbox::new(&card.input, INPUT);
    let mut post = PostProcess::new(&card, INPUT, card.thresholds).expect("sound limits");
    let fit = letterbox.fit(image.size());
    let found = post.run(&output, &fit, image.size()).0.len();
    assert!((5..200).contains(&found), "{found} boxes are no busy street");

    let mut group = criterion.benchmark_group("camera");
    group.bench_function("letterbox 1242x375 to 416x416", |bencher| {
        bencher.iter(|| letterbox.apply(black_box(&image))[0]);
    });
    group.bench_function("decode and suppress 3549x85", |bencher| {
        bencher.iter(|| post.run(black_box(&output), &fit, image.size()));
    });
    group.bench_function("both", |bencher| {
        bencher.iter(|| {
            let first = letterbox.apply(black_box(&image))[0];
            (first, post.run(black_box(&output), &fit, image.size()))
        });
    });
    group.finish();
}

criterion_group!(benches, camera);
criterion_main!(benches);
