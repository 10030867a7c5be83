//! In steady state nothing is allocated on the way of an image or a scan through a device and back: upload,
//! letterbox or pillars, decode, suppression, one copy back, one event. A library in the place of the driver's stands in for the device.

use delos_core::{Detections3d, Image, ImageSize, LidarPoint, PointCloud};
use delos_detect::camera::{CameraDetector, DeviceSteps};
use delos_detect::lidar::network::LidarNetwork;
use delos_detect::models::{ModelStore, Thresholds};
use delos_infer::gpu::{Accelerator, Cuda, Kernels};
use delos_infer::kernels::Result2d;
use delos_infer::{OrtLibrary, StreamOptions};
use delos_parity::{
    Networks, PillarNetworks, SimulatedDriver, lidar_options_on, options_on, stand_in,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::process::Command;

/// Set in the child, which has the stand-in on its library path.
const CHILD: &str = "DELOS_TEST_STEADY_CHILD";

thread_local! {
    /// Allocations of this thread.
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, counting.
struct Counting;

#[expect(unsafe_code, reason = "an allocator that counts cannot be written without")]
// SAFETY: each method hands its arguments on to the system's allocator unchanged, and counting
// touches no memory but that of a thread-local number.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `alloc`, which is the same there.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: `memory` comes from `System` by the methods here, with this layout.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as for `dealloc`; the caller keeps the contract for `size`.
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn count() {
    // A thread that ends has no counter any more.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

#[test]
fn the_counter_counts() {
    let before = COUNT.get();
    drop(std::hint::black_box(vec![1, 2, 3]));
    assert_eq!(COUNT.get() - before, 1);
}

#[test]
fn an_image_allocates_nothing() {
    if std::env::var_os(CHILD).is_some() {
        return report_as_a_child();
    }
    as_a_child("an_image_allocates_nothing");
}

#[test]
fn the_whole_chain_allocates_its_answer_alone() {
    if let Err(error) = OrtLibrary::find(None) {
        assert!(std::env::var_os("DELOS_REQUIRE_ORT").is_none(), "{error}");
        eprintln!("SKIPPED the_whole_chain_allocates_its_answer_alone: {error}");
        return;
    }
    if std::env::var_os(CHILD).is_some() {
        return whole_chain_as_a_child();
    }
    as_a_child("the_whole_chain_allocates_its_answer_alone");
}

#[test]
fn the_lidars_chain_allocates_its_answer_alone() {
    if let Err(error) = OrtLibrary::find(None) {
        assert!(std::env::var_os("DELOS_REQUIRE_ORT").is_none(), "{error}");
        eprintln!("SKIPPED the_lidars_chain_allocates_its_answer_alone: {error}");
        return;
    }
    if std::env::var_os(CHILD).is_some() {
        return lidar_as_a_child();
    }
    as_a_child("the_lidars_chain_allocates_its_answer_alone");
}

/// Runs a test once more, on the stand-in.
fn as_a_child(test: &str) {
    let driver = SimulatedDriver::compile().expect("compiles");
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env("LD_LIBRARY_PATH", driver.folder())
        .env(CHILD, "1")
        .output()
        .expect("started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("20 images"), "{said}");
}

/// The chain with its network, which is bound once: of an image nothing is allocated but the list of answers
/// and the list of boxes in it.
fn whole_chain_as_a_child() {
    let on = stand_in().expect("the stand-in opens");
    let runtime = OrtLibrary::find(None).expect("found before").load().expect("loads");
    let networks = Networks::new().expect("written");
    let options = options_on(&on, StreamOptions::default());
    let image = Image::from_rgb(96, 64, vec![90; 3 * 96 * 64]).expect("the right length");
    for model in &networks.models()[2..] {
        let mut detector =
            CameraDetector::open_on(runtime, model.clone(), &options, &on).expect("opens");
        let boxes = detector.detect(&image).expect("runs").0.len();
        let before = COUNT.get();
        for _ in 0..20 {
            assert_eq!(detector.detect(&image).expect("runs").0.len(), boxes);
        }
        let most = if boxes > 0 { 2 } else { 1 };
        assert!(COUNT.get() - before <= 20 * most, "{} allocations", COUNT.get() - before);
    }
    eprintln!("20 images");
}

/// The LiDAR's chain with its networks, bound once: of a scan nothing is allocated but the list of boxes.
fn lidar_as_a_child() {
    let on = stand_in().expect("the stand-in opens");
    let runtime = OrtLibrary::find(None).expect("found before").load().expect("loads");
    let networks = PillarNetworks::new().expect("written");
    let options = lidar_options_on(&on, StreamOptions::default());
    let place =
        |i: u16| (f32::from(i % 37), f32::from(i % 23) - 11.0, f32::from(i % 5) * 0.3 - 1.7);
    let point = |i| {
        let (x, y, z) = place(i);
        LidarPoint { x, y, z, intensity: 0.5 }
    };
    let clouds = [800, 300].map(|count| PointCloud::new((0..count).map(point).collect()));
    for model in networks.models() {
        let opened = LidarNetwork::open_on(runtime, model.clone(), &options, &on);
        let (mut network, mut found) = (opened.expect("opens"), Detections3d::default());
        network.detect(&clouds[0], Some(1.73), &mut found).expect("runs");
        assert!(!found.0.is_empty(), "{}", model.card.name);
        let before = COUNT.get();
        for cloud in clouds.iter().cycle().take(20) {
            network.detect(cloud, Some(1.73), &mut found).expect("runs");
        }
        let count = COUNT.get() - before;
        assert!(count <= 20, "{}: {count} allocations", model.card.name);
    }
    eprintln!("20 images");
}

/// The chain of a camera without its network, whose answer lies on the device already.
fn report_as_a_child() {
    let on = Cuda::open(0, &Kernels::default()).expect("the stand-in opens");
    let card = ModelStore::default().card("yolox_nano").expect("known").clone();
    let steps = DeviceSteps::new(&card, [96, 64], Thresholds::default()).expect("sound");
    let size = ImageSize { width: 120, height: 70 };
    let (views, fits) = ([steps.view(0, size)], [steps.image_fit(size)]);
    let mut image = on.pinned::<u8>(3 * 120 * 70).expect("memory");
    let mut pixels = on.buffer::<u8>(3 * 120 * 70).expect("memory");
    let mut tensor = on.buffer::<f32>(3 * 96 * 64).expect("memory");
    let output = on.buffer::<f32>(126 * 85).expect("memory");
    let mut yolox = steps.yolox(&on, 1).expect("memory");
    let mut results = on.buffer::<Result2d>(1).expect("memory");
    let mut back = on.pinned::<Result2d>(1).expect("memory");
    let done = on.mark().expect("an event");
    let mut frame = |grey: u8| {
        image.values_mut()?.fill(grey);
        on.upload_pinned(&image, &mut pixels)?;
        steps.letterbox().launch(&on, &pixels, &views, &mut tensor)?;
        yolox.launch(&on, &output, &fits, steps.limits(), &mut results)?;
        on.download_pinned(&results, &mut back)?;
        on.mark_again(&done)?;
        done.wait()?;
        Ok::<u32, delos_infer::gpu::GpuError>(back.values()?[0].kept)
    };
    assert_eq!(frame(1), Ok(0));
    let before = COUNT.get();
    let kept: u32 = (0..20).map(|grey| frame(grey).unwrap_or(u32::MAX)).max().unwrap_or(u32::MAX);
    let count = COUNT.get() - before;
    assert_eq!((kept, count), (0, 0), "boxes, allocations");
    eprintln!("20 images");
}
