//! A picture of one frame, rendered by the viewer without a screen.

use crate::{Viewer, VizError, cut};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long to wait between two looks at the viewer.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How much of the viewer's complaints an error repeats, bytes.
const COMPLAINT: usize = 2_000;

/// What to render.
#[derive(Clone, Debug)]
pub struct ShotOptions {
    /// Position of the frame in the run (`Header::tick`); `None` for the last one.
    pub frame: Option<u64>,
    /// Picture to write.
    pub png: PathBuf,
    /// Width and height of the window in points; the picture has two pixels per point.
    pub size: (u32, u32),
    /// The viewer; see [`find_viewer`](crate::find_viewer).
    pub viewer: Viewer,
    /// Time limit in seconds. Rendering in software takes 4 to 10 s.
    pub limit_s: u64,
}

impl ShotOptions {
    /// A picture of the last frame, 1280 x 800 points, with a limit of two minutes.
    pub fn new(viewer: Viewer, png: impl Into<PathBuf>) -> Self {
        Self { frame: None, png: png.into(), size: (1280, 800), viewer, limit_s: 120 }
    }
}

/// What has been rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shot {
    /// Position of the frame in the run.
    pub frame: u64,
    /// The picture.
    pub png: PathBuf,
}

/// Renders one frame of `recording` to a PNG. Needs no screen and no GPU, but a Vulkan
/// driver (Debian: `mesa-vulkan-drivers`).
///
/// # Errors
/// [`VizError::Read`], [`VizError::NoFrame`] and [`VizError::NoFrames`] when the recording
/// does not have the frame; [`VizError::Start`], [`VizError::ViewerFailed`],
/// [`VizError::ViewerTimeout`] and [`VizError::NoPicture`] when the viewer fails;
/// [`VizError::Output`] when the picture cannot be written.
pub fn shot(recording: &Path, options: &ShotOptions) -> Result<Shot, VizError> {
    let output = |source| VizError::Output { path: options.png.clone(), source };
    let folder = Scratch::beside(&options.png).map_err(output)?;
    let short = folder.0.join("until_frame.rrd");
    let picture = folder.0.join("picture.png");
    let frame = cut(recording, &short, options.frame)?;
    render(&short, &picture, &folder.0.join("viewer.log"), options)?;
    // Renamed at the end, so that no half-written picture is taken for whole.
    std::fs::rename(&picture, &options.png).map_err(output)?;
    Ok(Shot { frame, png: options.png.clone() })
}

fn render(
    recording: &Path,
    picture: &Path,
    log: &Path,
    options: &ShotOptions,
) -> Result<(), VizError> {
    let (width, height) = options.size;
    let start = |source| VizError::Start { viewer: options.viewer.path.clone(), source };
    let complaints =
        File::create(log).map_err(|source| VizError::Output { path: log.to_owned(), source })?;
    let mut viewer = Command::new(&options.viewer.path)
        .arg(recording)
        .args(["--headless", "--bind", "127.0.0.1", "--port", "auto"])
        .args(["--window-size", &format!("{width}x{height}")])
        .arg("--screenshot-to")
        .arg(picture)
        // Lesser messages would show up as notes in the picture.
        .env("RUST_LOG", "error")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::from(complaints))
        .spawn()
        .map_err(start)?;
    let Some(status) = wait(&mut viewer, options.limit_s).map_err(start)? else {
        return Err(VizError::ViewerTimeout { seconds: options.limit_s });
    };
    if !status.success() {
        let message = tail(log);
        return Err(VizError::ViewerFailed { status: status.to_string(), message });
    }
    if is_png(picture) { Ok(()) } else { Err(VizError::NoPicture { png: options.png.clone() }) }
}

/// Waits for the viewer; `None` when it had to be stopped.
fn wait(viewer: &mut Child, limit_s: u64) -> std::io::Result<Option<std::process::ExitStatus>> {
    // Counted in sleeps, so that no clock is read.
    let looks = limit_s.saturating_mul(1000) / LOOK_EVERY.as_millis() as u64;
    for _ in 0..looks {
        if let Some(status) = viewer.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(LOOK_EVERY);
    }
    viewer.kill()?;
    viewer.wait()?;
    Ok(None)
}

fn tail(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let from = text.len().saturating_sub(COMPLAINT);
    String::from_utf8_lossy(&text[from..]).trim().to_owned()
}

fn is_png(path: &Path) -> bool {
    let mut head = [0; 8];
    File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok()
        && head == *b"\x89PNG\r\n\x1a\n"
}

/// A folder beside the picture that goes away with everything in it.
struct Scratch(PathBuf);

impl Scratch {
    fn beside(png: &Path) -> std::io::Result<Self> {
        let name = png.file_name().unwrap_or_default().to_string_lossy();
        let folder = png.with_file_name(format!(".{name}.{}.shot", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "cannot remove a scratch folder");
        }
    }
}

#[cfg(all(test, unix, feature = "rerun"))]
mod tests {
    use super::*;
    use crate::{FrameView, Recorder, RecorderOptions};
    use delos_core::{Header, Stamp};
    use std::os::unix::fs::PermissionsExt;

    /// A recording of one frame, and a shot of it through a made-up viewer that runs
    /// `script`.
    fn shot_through(folder: &Path, script: &str) -> Result<Shot, VizError> {
        let (recording, program) = (folder.join("a.rrd"), folder.join("viewer"));
        let header =
            Header { sequence: "0".into(), frame: 5, stamp: Stamp::default(), tick: 3, scene: 0 };
        let mut recorder = Recorder::open(RecorderOptions::to_file("test", &recording))?;
        recorder.log(&FrameView::new(&header))?;
        recorder.finish()?;
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("written");
        let runs = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&program, runs).expect("made to run");
        let viewer = Viewer { path: program, version: "0.36.0".to_owned() };
        let options = ShotOptions { limit_s: 2, ..ShotOptions::new(viewer, folder.join("a.png")) };
        shot(&recording, &options)
    }

    /// Writes `text` to the argument after `--screenshot-to`, the last one.
    fn writes(text: &str) -> String {
        format!("for last; do :; done; printf '{text}' > \"$last\"")
    }

    #[test]
    fn a_picture_appears_and_nothing_else_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let script = writes("\\211PNG\\r\\n\\032\\n and so on");
        let made = shot_through(folder.path(), &script).expect("a picture");
        assert_eq!(made, Shot { frame: 3, png: folder.path().join("a.png") });
        let mut names: Vec<_> = std::fs::read_dir(folder.path())
            .expect("readable")
            .map(|entry| entry.expect("readable").file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["a.png", "a.rrd", "viewer"]);
    }

    #[test]
    fn a_viewer_that_fails_is_an_error() {
        let cases = [
            ("echo no GPU here >&2; exit 3", "no GPU here"),
            ("exit 0", "wrote no picture"),
            (&writes("GIF89a and so on"), "wrote no picture"),
            ("exec sleep 60", "within 2 s"),
        ];
        for (script, wanted) in cases {
            let folder = tempfile::tempdir().expect("a folder");
            let error = shot_through(folder.path(), script).expect_err(script).to_string();
            assert!(error.contains(wanted), "{script}: {error}");
            assert!(!folder.path().join("a.png").exists(), "{script}");
        }
    }
}
