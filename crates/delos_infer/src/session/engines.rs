//! TensorRT's engines, kept on disk: one takes minutes to build.

use super::{Model, obstacle};
use crate::gpu::hex;
use crate::{Device, InferError, Runtime, gpu, user_cache};
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What an engine is good for and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct EngineKey<'a> {
    /// sha256 of the network's file.
    model: &'a str,
    tensorrt: &'a str,
    onnxruntime: &'a str,
    /// Architecture of the GPU, for example `sm_90`.
    target: &'a str,
}

/// Where TensorRT's engines of one network lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnginePlace {
    engines: PathBuf,
    timing: PathBuf,
}

impl EnginePlace {
    /// The place for a network on a device, in the user's cache folder; `None` for other devices than
    /// TensorRT's, where no GPU answers, where there is no TensorRT, and for users without such a
    /// folder. Weights that the network keeps in further files are not part of the key.
    ///
    /// # Errors
    /// [`InferError::ModelFile`].
    pub fn of(
        runtime: &Runtime,
        model: Model<'_>,
        device: Device,
    ) -> Result<Option<Self>, InferError> {
        let Device::TensorRt(number) = device else { return Ok(None) };
        let beside = runtime.path().parent().unwrap_or(Path::new("."));
        let (Some(folder), Ok(target), Some(tensorrt)) = (
            user_cache::folder("tensorrt"),
            gpu::architecture(number),
            gpu::tensorrt_version(beside),
        ) else {
            return Ok(None);
        };
        let (onnxruntime, model) = (runtime.version(), &sha256(model)?);
        let key = EngineKey { model, tensorrt: &tensorrt, onnxruntime, target: &target };
        Ok(Some(Self::under(&folder, key)))
    }

    /// The place of an engine that does not exist yet and that opening the network would build,
    /// which can take minutes.
    ///
    /// # Errors
    /// [`InferError::ModelFile`].
    pub fn to_build(
        runtime: &Runtime,
        model: Model<'_>,
        device: Device,
    ) -> Result<Option<Self>, InferError> {
        if !matches!(device, Device::TensorRt(_)) || obstacle::before(runtime, device).is_err() {
            return Ok(None);
        }
        Ok(Self::of(runtime, model, device)?.filter(|place| !place.is_built()))
    }

    fn under(folder: &Path, key: EngineKey<'_>) -> Self {
        let EngineKey { model, tensorrt, onnxruntime, target } = key;
        let timing = folder.join(format!("trt{tensorrt}-ort{onnxruntime}-{target}"));
        Self { engines: timing.join(model), timing }
    }

    /// Folder of the engines.
    pub fn engines(&self) -> &Path {
        &self.engines
    }

    /// Folder of measured times of single operations, which shorten the next building and serve all
    /// networks.
    pub fn timing(&self) -> &Path {
        &self.timing
    }

    /// Makes the folders: `TensorRT`'s provider makes one of a path at most.
    pub(super) fn make(&self) -> Result<(), String> {
        let failed = |error| format!("{}: engines cannot be kept: {error}", self.engines.display());
        fs::create_dir_all(&self.engines).map_err(failed)
    }

    /// Whether an engine is there.
    pub fn is_built(&self) -> bool {
        let is_engine = |path: &Path| path.extension() == Some(OsStr::new("engine"));
        let entries = fs::read_dir(&self.engines).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).any(|path| is_engine(&path))
    }
}

fn sha256(model: Model<'_>) -> Result<String, InferError> {
    match model {
        Model::Bytes(bytes) => Ok(hex(&Sha256::digest(bytes))),
        Model::File(path) => {
            let failed = |source| InferError::ModelFile { path: path.to_owned(), source };
            let mut hasher = Sha256::new();
            let mut file = File::open(path).map_err(failed)?;
            io::copy(&mut file, &mut hasher).map_err(failed)?;
            Ok(hex(&hasher.finalize()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: EngineKey<'_> =
        EngineKey { model: "ab12", tensorrt: "10.13.3", onnxruntime: "1.31.1", target: "sm_90" };

    #[test]
    fn whatever_makes_an_engine_unfit_is_in_its_path() {
        let place = |key| EnginePlace::under(Path::new("cache"), key);
        let others = [
            EngineKey { model: "ab13", ..KEY },
            EngineKey { tensorrt: "10.14.0", ..KEY },
            EngineKey { onnxruntime: "1.32.0", ..KEY },
            EngineKey { target: "sm_89", ..KEY },
        ];
        for other in others {
            assert_ne!(place(KEY).engines, place(other).engines);
        }
        assert_eq!(place(KEY).timing, place(others[0]).timing, "times serve all networks");
        assert_ne!(place(KEY).timing, place(others[3]).timing);
    }

    #[test]
    fn only_an_engine_is_an_engine() {
        let folder = tempfile::tempdir().unwrap();
        let place = EnginePlace::under(folder.path(), KEY);
        assert!(!place.is_built());
        place.make().unwrap();
        assert!(!place.is_built() && place.timing().is_dir());
        fs::write(place.engines().join("TensorrtExecutionProvider_sm90.profile"), "x").unwrap();
        assert!(!place.is_built());
        fs::write(place.engines().join("TensorrtExecutionProvider_sm90.engine"), "x").unwrap();
        assert!(place.is_built());
    }

    #[test]
    fn a_place_that_cannot_be_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let message = EnginePlace::under(file.path(), KEY).make().unwrap_err();
        assert!(message.contains("ab12: engines cannot be kept"), "{message}");
    }

    #[test]
    fn a_file_and_its_bytes_are_one_network() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), b"network").unwrap();
        let of_file = sha256(Model::File(file.path())).unwrap();
        assert_eq!(of_file, sha256(Model::Bytes(b"network")).unwrap());
        assert!(of_file.starts_with("3009be76"), "{of_file}");
        assert!(sha256(Model::File(Path::new("/nowhere"))).is_err());
    }
}
