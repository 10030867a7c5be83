//! Where a network runs.

use crate::InferError;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Where a network runs. In text: `cpu`, `cuda:0`, `tensorrt:0`, `auto`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub enum Device {
    /// The processor.
    #[default]
    Cpu,
    /// The NVIDIA GPU of this number, through CUDA.
    Cuda(u32),
    /// The NVIDIA GPU of this number, through TensorRT.
    TensorRt(u32),
    /// The first NVIDIA GPU where there is a usable one, else the processor; the choice
    /// is announced.
    Auto,
}

impl Device {
    /// ONNX Runtime's name of the execution provider behind the device.
    pub const fn provider(self) -> &'static str {
        match self {
            Self::Cuda(_) => "CUDAExecutionProvider",
            Self::TensorRt(_) => "TensorrtExecutionProvider",
            Self::Cpu | Self::Auto => "CPUExecutionProvider",
        }
    }

    /// The number of the GPU that is named; `None` for the processor, and where the choice is left.
    pub const fn gpu(self) -> Option<u32> {
        match self {
            Self::Cuda(number) | Self::TensorRt(number) => Some(number),
            Self::Cpu | Self::Auto => None,
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(number) => write!(f, "cuda:{number}"),
            Self::TensorRt(number) => write!(f, "tensorrt:{number}"),
            Self::Auto => f.write_str("auto"),
        }
    }
}

impl FromStr for Device {
    type Err = InferError;
    fn from_str(text: &str) -> Result<Self, InferError> {
        let unknown = || InferError::DeviceName(text.to_owned());
        let (kind, number) = match text.split_once(':') {
            Some((kind, digits)) => {
                (kind, Some(digits.parse::<u32>().map_err(|_cause| unknown())?))
            }
            None => (text, None),
        };
        match (kind, number) {
            ("cpu", None) => Ok(Self::Cpu),
            ("auto", None) => Ok(Self::Auto),
            ("cuda", number) => Ok(Self::Cuda(number.unwrap_or(0))),
            ("tensorrt", number) => Ok(Self::TensorRt(number.unwrap_or(0))),
            _ => Err(unknown()),
        }
    }
}

impl TryFrom<String> for Device {
    type Error = InferError;
    fn try_from(text: String) -> Result<Self, InferError> {
        text.parse()
    }
}

impl From<Device> for String {
    fn from(device: Device) -> Self {
        device.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for (text, wanted) in [
            ("cpu", Device::Cpu),
            ("cuda:3", Device::Cuda(3)),
            ("tensorrt:0", Device::TensorRt(0)),
            ("auto", Device::Auto),
        ] {
            assert_eq!(text.parse::<Device>().expect("known"), wanted);
            assert_eq!(wanted.to_string(), text);
        }
        assert_eq!("cuda".parse::<Device>().expect("known"), Device::Cuda(0));
    }

    #[test]
    fn unknown_names_are_refused_with_the_known_ones() {
        for text in ["", "gpu", "cuda:", "cuda:x", "cuda:-1", "cpu:0", "auto:1"] {
            let message = text.parse::<Device>().expect_err(text).to_string();
            assert!(message.contains("cuda:N"), "{message}");
        }
    }
}
