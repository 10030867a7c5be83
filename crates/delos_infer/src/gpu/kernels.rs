//! From source to kernels that a device runs: compiled, kept, or built in.

use super::cache::{Cached, CubinCache, CubinKey};
use super::raw::while_doing;
use super::{GpuError, Nvrtc, program};
use crate::user_cache;
use cudarc::driver::{CudaContext, CudaModule};
use cudarc::nvrtc::Ptx;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Where the compiler is and where compiled kernels are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kernels {
    /// Folder of NVRTC's libraries; `None` to look as [`Nvrtc::find`] does.
    pub nvrtc: Option<PathBuf>,
    /// Where compiled kernels are kept; `None` to compile at every start.
    pub cache: Option<CubinCache>,
}

/// Where the kernels of a device came from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KernelOrigin {
    /// Compiled at this start.
    Compiled {
        /// Version of NVRTC.
        nvrtc: (i32, i32),
        /// Architecture.
        target: String,
        /// What is to be said about the folder of compiled kernels.
        notice: Option<String>,
    },
    /// Compiled at an earlier start.
    Kept {
        /// The file.
        path: PathBuf,
    },
    /// Built into the program; the driver compiled them.
    BuiltIn {
        /// Why they were not compiled.
        reason: String,
    },
}

impl fmt::Display for KernelOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compiled { nvrtc: (major, minor), target, notice } => {
                write!(f, "kernels compiled for {target} by NVRTC {major}.{minor}")?;
                notice.as_ref().map_or(Ok(()), |notice| write!(f, "; {notice}"))
            }
            Self::Kept { path } => write!(f, "kernels compiled before ({})", path.display()),
            Self::BuiltIn { reason } => write!(f, "kernels built in: {reason}"),
        }
    }
}

impl Kernels {
    /// Compiled kernels kept in the user's cache folder (`XDG_CACHE_HOME`, else `.cache` in `HOME`),
    /// NVRTC out of the folder `DELOS_NVRTC` where that is set.
    pub fn of_user() -> Self {
        let cache = user_cache::folder("kernels").map(CubinCache::new);
        Self { nvrtc: user_cache::named("DELOS_NVRTC"), cache }
    }

    /// Loads the kernels into a device of this compute capability.
    pub(super) fn load(
        &self,
        context: &Arc<CudaContext>,
        (major, minor): (i32, i32),
    ) -> Result<(Arc<CudaModule>, KernelOrigin), GpuError> {
        let target = format!("sm_{major}{minor}");
        let load = |code: Code| {
            let image = match code {
                Code::Cubin(bytes) => Ptx::from_binary(bytes),
                Code::BuiltIn => Ptx::from_src(program::BUILT_IN),
            };
            context.load_module(image).map_err(while_doing("load the kernels"))
        };
        self.load_through(&target, load)
    }

    /// The same with the driver's part given: kept ones, else compiled ones, else the built-in ones.
    fn load_through<M>(
        &self,
        target: &str,
        load: impl Fn(Code) -> Result<M, GpuError>,
    ) -> Result<(M, KernelOrigin), GpuError> {
        let built_in = |reason: GpuError| {
            let origin = KernelOrigin::BuiltIn { reason: reason.to_string() };
            load(Code::BuiltIn).map(|module| (module, origin))
        };
        let nvrtc = match Nvrtc::find(self.nvrtc.as_deref()) {
            Ok(nvrtc) => nvrtc,
            Err(reason) => return built_in(reason),
        };
        let key = CubinKey { target, nvrtc: nvrtc.version() };
        let broken = match self.kept(key) {
            Cached::Absent => None,
            Cached::Broken(cause) => Some(cause),
            Cached::Whole(cubin) => match load(Code::Cubin(cubin)) {
                Ok(module) => return Ok((module, self.origin_kept(key))),
                Err(error) => Some(error.to_string()),
            },
        };
        match nvrtc.cubin(target) {
            Ok(cubin) => {
                let notice = self.keep(key, &cubin, broken);
                let origin =
                    KernelOrigin::Compiled { nvrtc: key.nvrtc, target: target.to_owned(), notice };
                load(Code::Cubin(cubin)).map(|module| (module, origin))
            }
            Err(reason) => built_in(reason),
        }
    }

    fn kept(&self, key: CubinKey<'_>) -> Cached {
        self.cache.as_ref().map_or(Cached::Absent, |cache| cache.read(key))
    }

    fn origin_kept(&self, key: CubinKey<'_>) -> KernelOrigin {
        let path = self.cache.as_ref().map(|cache| cache.path(key)).unwrap_or_default();
        KernelOrigin::Kept { path }
    }

    /// Keeps what was compiled; says so when that failed or replaced a broken entry.
    fn keep(&self, key: CubinKey<'_>, cubin: &[u8], broken: Option<String>) -> Option<String> {
        let cache = self.cache.as_ref()?;
        match (cache.write(key, cubin), broken) {
            (Err(error), _) => Some(error.to_string()),
            (Ok(()), Some(cause)) => {
                Some(format!("{} was broken ({cause}) and is replaced", cache.path(key).display()))
            }
            (Ok(()), None) => None,
        }
    }
}

/// What a device is given.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Code {
    Cubin(Vec<u8>),
    BuiltIn,
}

#[cfg(test)]
mod tests;
