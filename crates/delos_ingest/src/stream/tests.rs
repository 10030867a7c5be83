use super::*;
use delos_core::Stamp;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A source of `count` frames that takes longer for even ones, fails at `fails_at` and
/// counts how many frames have been decoded.
struct MadeUp {
    count: usize,
    fails_at: Option<usize>,
    panics_at: Option<usize>,
    decoded: AtomicUsize,
    file: PathBuf,
}

impl MadeUp {
    fn new(count: usize, file: &std::path::Path) -> Self {
        let decoded = AtomicUsize::new(0);
        Self { count, fails_at: None, panics_at: None, decoded, file: file.to_owned() }
    }
}

impl FrameReader for MadeUp {
    fn frame_count(&self) -> usize {
        self.count
    }

    fn files(&self, _: usize) -> Vec<PathBuf> {
        vec![self.file.clone(); 2]
    }

    fn decode(&self, index: usize, contents: Vec<Vec<u8>>) -> Result<SensorFrame, IngestError> {
        assert!(self.panics_at != Some(index), "made-up failure of the program");
        assert_eq!(contents, [b"content", b"content"]);
        if index.is_multiple_of(2) {
            std::thread::sleep(Duration::from_millis(3));
        }
        self.decoded.fetch_add(1, Ordering::SeqCst);
        if self.fails_at == Some(index) {
            return Err(IngestError::format("frame", format!("{index}")));
        }
        Ok(frame(index))
    }
}

fn frame(index: usize) -> SensorFrame {
    let header = Header {
        sequence: "a".into(),
        frame: index as u32,
        stamp: Stamp::default(),
        tick: index as u64,
        scene: 0,
    };
    SensorFrame {
        header: Arc::new(header),
        calibration: Arc::default(),
        image: None,
        cloud: None,
        radar: None,
        pose: None,
        truth: None,
        detections: None,
        detections_2d: None,
        notices: Vec::new(),
    }
}

fn content() -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "content").expect("written");
    file
}

fn ticks(stream: FrameStream) -> Vec<u64> {
    stream.map(|frame| frame.expect("readable").header.tick).collect()
}

#[test]
fn without_reading_ahead_a_frame_is_read_when_it_is_asked_for() {
    let file = content();
    let reader = Arc::new(MadeUp::new(5, file.path()));
    let source = FrameSource::Random(Arc::clone(&reader) as Arc<dyn FrameReader>);
    let mut stream = FrameStream::new(source, 0).expect("starts");
    for taken in 0..5 {
        assert_eq!(reader.decoded.load(Ordering::SeqCst), taken);
        assert_eq!(stream.next_frame().expect("more").expect("readable").header.tick, taken as u64);
    }
    assert!(stream.next_frame().is_none());
}

#[test]
fn a_further_pass_is_a_sequence_of_its_own() {
    let file = content();
    let repeat = |passes| {
        let reader: Arc<dyn FrameReader> = Arc::new(MadeUp::new(3, file.path()));
        FrameSource::Random(Arc::new(Repeated::new(reader, passes)))
    };
    let stream = FrameStream::new(repeat(2), 4).expect("starts");
    let names = stream.map(|frame| {
        let header = Arc::clone(&frame.expect("readable").header);
        (header.sequence.to_string(), header.frame, header.tick)
    });
    let wanted =
        [("a", 0, 0), ("a", 1, 1), ("a", 2, 2), ("a#2", 0, 3), ("a#2", 1, 4), ("a#2", 2, 5)];
    let wanted: Vec<_> = wanted.into_iter().map(|(s, f, t)| (s.to_owned(), f, t)).collect();
    assert_eq!(names.collect::<Vec<_>>(), wanted);
    let endless = FrameStream::new(repeat(0), 4).expect("starts");
    assert_eq!(endless.take(100).flatten().count(), 100);
}

#[test]
fn frames_come_in_order_however_many_are_read_ahead() {
    let file = content();
    for ahead in [0, 1, 3, 100, usize::MAX] {
        let source = FrameSource::Random(Arc::new(MadeUp::new(20, file.path())));
        let stream = FrameStream::new(source, ahead).expect("threads");
        assert_eq!(ticks(stream), (0..20).collect::<Vec<_>>(), "{ahead} ahead");
    }
}

#[test]
fn no_more_frames_are_made_than_asked_for() {
    let file = content();
    let reader = Arc::new(MadeUp::new(50, file.path()));
    let mut stream = FrameStream::new(FrameSource::Random(reader.clone()), 4).expect("threads");
    stream.next_frame().expect("a frame").expect("readable");
    std::thread::sleep(Duration::from_millis(100));
    let decoded = reader.decoded.load(Ordering::SeqCst);
    assert_eq!(decoded, 5, "one taken and four ahead");
}

#[test]
fn an_error_comes_in_its_place_and_ends_the_stream() {
    let file = content();
    let reader = MadeUp { fails_at: Some(5), ..MadeUp::new(20, file.path()) };
    let mut stream = FrameStream::new(FrameSource::Random(Arc::new(reader)), 4).expect("threads");
    for _ in 0..5 {
        stream.next_frame().expect("a frame").expect("readable");
    }
    let error = stream.next_frame().expect("an error").expect_err("frame 5 fails");
    assert_eq!(error.to_string(), "frame: 5");
    assert!(stream.next_frame().is_none());
}

#[test]
fn a_missing_file_and_a_panic_are_errors() {
    let reader = MadeUp::new(3, std::path::Path::new("/nowhere/at.all"));
    let mut stream = FrameStream::new(FrameSource::Random(Arc::new(reader)), 2).expect("threads");
    let error = stream.next_frame().expect("an error").expect_err("no file");
    assert!(error.to_string().contains("/nowhere/at.all"), "{error}");
    let file = content();
    let reader = MadeUp { panics_at: Some(1), ..MadeUp::new(3, file.path()) };
    let mut stream = FrameStream::new(FrameSource::Random(Arc::new(reader)), 2).expect("threads");
    stream.next_frame().expect("a frame").expect("readable");
    let error = stream.next_frame().expect("an error").expect_err("panics");
    assert!(matches!(error, IngestError::Worker { index: 1 }), "{error}");
}

#[test]
fn a_stream_can_be_dropped_at_any_time() {
    let file = content();
    for taken in 0..4 {
        let source = FrameSource::Random(Arc::new(MadeUp::new(1000, file.path())));
        let mut stream = FrameStream::new(source, 8).expect("threads");
        for _ in 0..taken {
            stream.next_frame().expect("a frame").expect("readable");
        }
        drop(stream);
        let mut stream = FrameStream::new(counting(None), 2).expect("threads");
        for _ in 0..taken {
            stream.next_frame().expect("a frame").expect("readable");
        }
    }
}

/// A sequential source: endless, or of so many frames.
fn counting(end: Option<usize>) -> FrameSource {
    let mut index = 0;
    let next = move || {
        index += 1;
        end.is_none_or(|end| index <= end).then(|| Ok(frame(index - 1)))
    };
    FrameSource::Sequential { next: Box::new(next), frames: end.map(|n| n as u64) }
}

#[test]
fn sequential_sources_give_the_same_and_a_panic_is_no_end() {
    assert_eq!(counting(Some(7)).frame_count(), Some(7));
    for ahead in [3, usize::MAX] {
        let stream = FrameStream::new(counting(Some(7)), ahead).expect("threads");
        assert_eq!(ticks(stream), (0..7).collect::<Vec<_>>());
    }
    let mut index = 0;
    let next: NextFrame = Box::new(move || {
        index += 1;
        assert!(index < 3, "made-up failure of the program");
        Some(Ok(frame(index - 1)))
    });
    let source = FrameSource::Sequential { next, frames: None };
    let results: Vec<_> = FrameStream::new(source, 2).expect("threads").collect();
    assert_eq!(results.len(), 3);
    assert!(matches!(results[2], Err(IngestError::Worker { index: 2 })), "{:?}", results[2]);
}

#[test]
fn a_file_beyond_all_reason_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("huge.bin");
    // Sparse: takes no room on the disk.
    let file = std::fs::File::create(&path).expect("created");
    file.set_len(MOST_BYTES + 1).expect("a length");
    let source = FrameSource::Random(Arc::new(MadeUp::new(1, &path)));
    let frame = FrameStream::new(source, 1).expect("threads").next_frame().expect("one frame");
    let error = frame.expect_err("too large").to_string();
    assert!(error.contains("huge.bin: 2147483649 bytes; supported are 2147483648"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_a_file_is_refused_and_not_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("0.bin");
    let made = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo runs");
    assert!(made.success());
    let source = FrameSource::Random(Arc::new(MadeUp::new(1, &path)));
    let frame = FrameStream::new(source, 1).expect("threads").next_frame().expect("one frame");
    let error = frame.expect_err("no file").to_string();
    assert!(error.contains("0.bin: no ordinary file"), "{error}");
}
