//! What the viewer makes of recordings: the colours in its pictures. Without a viewer the tests
//! say so and end.

use super::{made_up, *};
use crate::{ShotOptions, palette, shot};
use delos_core::TrackState;
use std::path::Path;

/// The picture of one frame, RGB; `None` where there is no viewer.
fn picture(test: &str, frame: &FrameView<'_>) -> Option<Vec<palette::Rgb>> {
    let Ok(viewer) = crate::find_viewer() else {
        eprintln!("{test}: skipped, there is no viewer (`cargo xtask setup --viewer`)");
        return None;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (recording, png) = (folder.path().join("a.rrd"), folder.path().join("a.png"));
    let mut recorder = Recorder::open(RecorderOptions::to_file(test, &recording)).expect("opened");
    recorder.log(frame).expect("logged");
    recorder.finish().expect("finished");
    let options = ShotOptions { size: (800, 600), ..ShotOptions::new(viewer, &png) };
    shot(&recording, &options).expect("a picture");
    Some(pixels(&png))
}

fn pixels(path: &Path) -> Vec<palette::Rgb> {
    let file = std::fs::File::open(path).expect("there");
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().expect("a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("fits")];
    let info = reader.next_frame(&mut bytes).expect("whole");
    let channels = info.color_type.samples();
    bytes[..info.buffer_size()].chunks_exact(channels).map(|p| [p[0], p[1], p[2]]).collect()
}

/// Pixels of a colour, as near as a line without a smoothed edge comes.
fn count(pixels: &[palette::Rgb], wanted: palette::Rgb) -> usize {
    let is_near = |pixel: &&palette::Rgb| {
        pixel.iter().zip(wanted).all(|(got, wanted)| got.abs_diff(wanted) <= 6)
    };
    pixels.iter().filter(is_near).count()
}

#[test]
fn what_is_not_shown_at_first_is_not_in_the_picture() {
    let test = "what_is_not_shown_at_first_is_not_in_the_picture";
    let header = made_up::header("0001", 0, 0);
    let (solid, one_sided) = (made_up::detections_3d(), made_up::one_sided());
    let tentative = made_up::tracks(&[(1, TrackState::Tentative)], 12.0);
    let calibration = made_up::calibration();
    let hidden = FrameView {
        calibration: Some(&calibration),
        lidar: Some(&solid),
        one_sided: Some(&one_sided),
        tracks: Some(&tentative),
        ..FrameView::new(&header)
    };
    let Some(without) = picture(test, &hidden) else { return };
    let (car, track) =
        (palette::of_class(solid.0[0].class), palette::of_track(tentative.tracks[0].id));
    for (what, rgb) in [
        ("a box of the network", palette::NETWORK_ONLY),
        ("a box of the clusters", palette::CLUSTERS_ONLY),
        ("a box of the LiDAR", car),
        ("a tentative track", track),
    ] {
        assert_eq!(count(&without, rgb), 0, "{what}");
    }
    assert!(count(&without, palette::EGO) > 0, "the vehicle is drawn");

    // The same boxes as what goes into the tracker, and the same track believed, do show.
    let believed = made_up::tracks(&[(1, TrackState::Confirmed)], 20.0);
    let shown = FrameView {
        detections_3d: Some(&solid),
        tracks: Some(&believed),
        ..FrameView::new(&header)
    };
    let Some(with) = picture(test, &shown) else { return };
    assert!(count(&with, car) > 0, "detections are drawn");
    assert!(count(&with, track) > 0, "tracks are drawn");
}
