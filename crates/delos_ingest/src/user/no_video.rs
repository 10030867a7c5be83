//! Videos where there is no OpenCV.

use crate::{IngestError, Recording, ReplayOptions};

/// Says that this build reads no videos.
pub(super) fn open(options: &ReplayOptions, _rate: Option<f64>) -> Result<Recording, IngestError> {
    // The system's own reason, where there is one.
    std::fs::File::open(&options.data).map_err(|source| IngestError::io(&options.data, source))?;
    let what = "this program was built without OpenCV: it reads folders of images, no videos";
    Err(IngestError::format(&options.data, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_video_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("drive.mp4");
        let options = ReplayOptions { data: data.clone(), ..ReplayOptions::default() };
        let told = |options: &ReplayOptions| open(options, None).expect_err("refused");
        assert!(matches!(told(&options), IngestError::Io { .. }));
        std::fs::write(data, "a video").expect("written");
        assert!(told(&options).to_string().contains("without OpenCV"));
    }
}
