//! Frames, read ahead in the background and handed out in order.

mod repeat;

pub(crate) use repeat::Repeated;

use crate::IngestError;
use delos_core::{
    Calibration, Detections2d, Detections3d, Ego, EgoPose, GroundTruth, Header, Image, PointCloud,
    RadarScan,
};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use tokio::runtime::{Builder, Runtime};

/// Everything the sensors (and the files that stand in for them) say of one moment.
#[derive(Clone, Debug)]
pub struct SensorFrame {
    /// Which moment.
    pub header: Arc<Header>,
    /// Where the sensors sit.
    pub calibration: Arc<Calibration>,
    /// The camera's image.
    pub image: Option<Image>,
    /// The LiDAR's scan, in the vehicle's frame.
    pub cloud: Option<PointCloud<Ego>>,
    /// The radar's echoes, in the vehicle's frame.
    pub radar: Option<RadarScan<Ego>>,
    /// Where the vehicle is; the world is the vehicle's frame of the first frame.
    pub pose: Option<EgoPose>,
    /// What is labelled.
    pub truth: Option<GroundTruth>,
    /// 3-D detections from a file, in place of a detector.
    pub detections: Option<Detections3d>,
    /// 2-D detections from a file, in place of a detector.
    pub detections_2d: Option<Detections2d>,
    /// What deserves to be said of this frame: points that were not finite, empty scans.
    pub notices: Vec<String>,
}

/// A source whose frames can be read in any order, and in parallel.
///
/// It does no I/O itself: it names the files of a frame, somebody reads them, and it
/// turns their bytes into the frame.
pub trait FrameReader: Send + Sync + 'static {
    /// Number of frames.
    fn frame_count(&self) -> usize;

    /// The files that frame `index` is made of.
    fn files(&self, index: usize) -> Vec<PathBuf>;

    /// Makes frame `index` of the content of [`FrameReader::files`], in the same order.
    ///
    /// # Errors
    /// What the content deserves.
    fn decode(&self, index: usize, contents: Vec<Vec<u8>>) -> Result<SensorFrame, IngestError>;
}

/// A source that gives one frame after the other: `None` at its end.
pub type NextFrame = Box<dyn FnMut() -> Option<Result<SensorFrame, IngestError>> + Send>;

/// Where frames come from.
pub enum FrameSource {
    /// Files: frames are read and decoded in parallel.
    Random(Arc<dyn FrameReader>),
    /// A video: frames are decoded one after the other on one thread.
    Sequential {
        /// Gives the next frame.
        next: NextFrame,
        /// How many frames there will be, where that is known.
        frames: Option<u64>,
    },
}

impl FrameSource {
    /// Number of frames; `None` when only reading will tell.
    pub fn frame_count(&self) -> Option<u64> {
        match self {
            Self::Random(reader) => Some(reader.frame_count() as u64),
            Self::Sequential { frames, .. } => *frames,
        }
    }
}

/// The largest file of a frame that is read into memory. Images and scans of the largest
/// supported sizes are smaller.
const MOST_BYTES: u64 = 2 << 30;

/// More frames than this are never read ahead: memory would end before.
pub const MOST_AHEAD: usize = 1024;

/// A frame, or why it could not be read.
type FrameResult = Result<SensorFrame, IngestError>;

/// Frames in order, read ahead by a small tokio runtime of its own.
///
/// At most `prefetch` frames are in the making or waiting, so memory is bounded by the
/// frames, not by the recording; with 0, a frame is read when it is asked for. Dropping the
/// stream stops the reading.
pub struct FrameStream {
    state: State,
    runtime: Option<Runtime>,
}

enum State {
    Random {
        reader: Arc<dyn FrameReader>,
        queue: VecDeque<Receiver<FrameResult>>,
        next: usize,
        ahead: usize,
    },
    Sequential {
        frames: Receiver<Option<FrameResult>>,
        taken: usize,
    },
    Ended,
}

impl FrameStream {
    /// Starts to read `source`, `prefetch` frames ahead ([`MOST_AHEAD`] at most); 0 reads each frame
    /// when it is asked for (a video is always read one frame ahead).
    ///
    /// # Errors
    /// [`IngestError::Io`] when no thread can be started.
    pub fn new(source: FrameSource, prefetch: usize) -> Result<Self, IngestError> {
        let ahead = prefetch.min(MOST_AHEAD);
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(ahead.clamp(2, 8))
            .thread_name("delos-ingest")
            .build()
            .map_err(|source| IngestError::io("threads of the reader", source))?;
        let state = match source {
            FrameSource::Random(reader) => {
                State::Random { reader, queue: VecDeque::with_capacity(ahead), next: 0, ahead }
            }
            FrameSource::Sequential { next, .. } => {
                // The one frame in the making counts as well.
                let (sender, frames) = sync_channel(ahead.saturating_sub(1));
                runtime.spawn_blocking(move || pump(next, &sender));
                State::Sequential { frames, taken: 0 }
            }
        };
        let mut stream = Self { state, runtime: Some(runtime) };
        stream.read_ahead(ahead);
        Ok(stream)
    }

    /// The next frame, waiting for it where necessary; `None` after the last one.
    ///
    /// A frame that cannot be read yields its error in its place, and the stream ends
    /// after it.
    pub fn next_frame(&mut self) -> Option<Result<SensorFrame, IngestError>> {
        self.read_ahead(1);
        let frame = match &mut self.state {
            State::Random { queue, next, ahead, .. } => {
                let (index, ahead) = (*next - queue.len(), *ahead);
                let waiting = queue.pop_front();
                self.read_ahead(ahead);
                waiting.map(|frame| frame.recv().unwrap_or(Err(IngestError::Worker { index })))
            }
            State::Sequential { frames, taken } => {
                let index = std::mem::replace(taken, *taken + 1);
                frames.recv().unwrap_or(Some(Err(IngestError::Worker { index })))
            }
            State::Ended => None,
        };
        if !matches!(frame, Some(Ok(_))) {
            self.state = State::Ended;
        }
        frame
    }

    /// Starts reading until so many frames are under way.
    fn read_ahead(&mut self, wanted: usize) {
        let (State::Random { reader, queue, next, .. }, Some(runtime)) =
            (&mut self.state, &self.runtime)
        else {
            return;
        };
        while queue.len() < wanted && *next < reader.frame_count() {
            let (sender, frame) = sync_channel(1);
            runtime.spawn(read_frame(Arc::clone(reader), *next, sender));
            queue.push_back(frame);
            *next += 1;
        }
    }
}

impl Iterator for FrameStream {
    type Item = Result<SensorFrame, IngestError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_frame()
    }
}

impl Drop for FrameStream {
    fn drop(&mut self) {
        // Receivers first, so that a thread that waits to hand over a frame wakes up.
        self.state = State::Ended;
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Reads the files of one frame, decodes them on a thread that may block, and hands
/// the result over. Nobody may be listening any more: then it is dropped.
async fn read_frame(reader: Arc<dyn FrameReader>, index: usize, to: SyncSender<FrameResult>) {
    let contents = match read_files(reader.files(index)).await {
        Ok(contents) => contents,
        Err(error) => {
            let _ = to.send(Err(error));
            return;
        }
    };
    tokio::task::spawn_blocking(move || {
        let _ = to.send(reader.decode(index, contents));
    });
}

async fn read_files(paths: Vec<PathBuf>) -> Result<Vec<Vec<u8>>, IngestError> {
    let mut contents = Vec::with_capacity(paths.len());
    for path in paths {
        match read_bounded(&path).await {
            Ok(Ok(bytes)) => contents.push(bytes),
            Ok(Err(what)) => return Err(IngestError::format(path, what)),
            Err(source) => return Err(IngestError::Io { path, source }),
        }
    }
    Ok(contents)
}

/// The content of a file, or why it is not read: its length is beyond all reason, or it is a
/// pipe or device, which may never end.
async fn read_bounded(path: &Path) -> std::io::Result<Result<Vec<u8>, String>> {
    let about = tokio::fs::metadata(path).await?;
    let length = about.len();
    if !about.is_file() {
        return Ok(Err("no ordinary file".to_owned()));
    }
    if length > MOST_BYTES {
        let what = format!("{length} bytes; supported are {MOST_BYTES} for one frame's file");
        return Ok(Err(what));
    }
    tokio::fs::read(path).await.map(Ok)
}

/// Hands over frame after frame until the source ends, fails, or nobody listens. The
/// end is said in so many words: a channel that just closes means that this broke off.
fn pump(mut next: NextFrame, to: &SyncSender<Option<FrameResult>>) {
    loop {
        let frame = next();
        let last = !matches!(frame, Some(Ok(_)));
        if to.send(frame).is_err() || last {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
