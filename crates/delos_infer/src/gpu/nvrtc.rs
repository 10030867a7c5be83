//! NVRTC, the compiler of the kernels: found, checked, asked.

use super::raw::nvrtc::Compiled;
use super::raw::{self, nvrtc};
use super::{GpuError, program};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The least version: the first that knows all devices the kernels are checked for.
const NEEDED: (i32, i32) = (13, 0);

/// NVRTC, ready to compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nvrtc {
    version: (i32, i32),
}

/// What a kernel needs of a device, as the assembler tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelUse {
    /// Name of the kernel.
    pub kernel: String,
    /// Registers of a thread.
    pub registers: u32,
    /// Local memory of a thread beyond its registers, bytes.
    pub stack_bytes: u32,
    /// Registers written to and read back from local memory, bytes.
    pub spill_bytes: u32,
}

impl Nvrtc {
    /// Opens NVRTC: out of `folder` where one is given, else out of `.delos/nvrtc/` of the working
    /// folder, of the executable's folder or of a parent of the two, else from the library path.
    ///
    /// # Errors
    /// [`GpuError::NvrtcMissing`], [`GpuError::NvrtcIncomplete`], [`GpuError::NvrtcTooOld`].
    pub fn find(folder: Option<&Path>) -> Result<Self, GpuError> {
        if let Some(folder) = folder.map(Path::to_owned).or_else(prepared_folder) {
            open_from(&folder);
        }
        if !nvrtc::is_present() {
            return Err(GpuError::NvrtcMissing);
        }
        if let Some(missing) = nvrtc::missing() {
            return Err(GpuError::NvrtcIncomplete { missing });
        }
        let version = nvrtc::version();
        if version < NEEDED {
            return Err(GpuError::NvrtcTooOld { found: version, needed: NEEDED });
        }
        Ok(Self { version })
    }

    /// Version, `(major, minor)`.
    pub const fn version(&self) -> (i32, i32) {
        self.version
    }

    /// Machine code of the kernels for an architecture, for example `sm_90`.
    ///
    /// # Errors
    /// [`GpuError::Compile`].
    pub fn cubin(&self, target: &str) -> Result<Vec<u8>, GpuError> {
        compile(target, &[]).map(|compiled| compiled.cubin)
    }

    /// The text of the program for hosts without NVRTC.
    ///
    /// # Errors
    /// [`GpuError::Compile`].
    pub fn built_in(&self) -> Result<String, GpuError> {
        let ptx = compile(program::BUILT_IN_TARGET, &[])?.ptx;
        let text = String::from_utf8_lossy(&ptx);
        let title = program::built_in_title(self.version);
        Ok(format!("{title}\n{}\n", text.trim_end_matches(['\0', '\n'])))
    }

    /// What each kernel needs on an architecture.
    ///
    /// # Errors
    /// [`GpuError::Compile`].
    pub fn uses(&self, target: &str) -> Result<Vec<KernelUse>, GpuError> {
        let compiled = compile(target, &["--ptxas-options=-v"])?;
        Ok(uses_in(&compiled.log))
    }
}

/// Compiles all kernels; NVRTC must have been found.
fn compile(target: &str, more: &[&str]) -> Result<Compiled, GpuError> {
    let mut options = vec![format!("--gpu-architecture={target}")];
    options.extend(program::OPTIONS.iter().chain(more).map(|option| (*option).to_owned()));
    nvrtc::compile(program::MAIN, &program::INCLUDED, &options)
        .map_err(|log| GpuError::Compile { target: target.to_owned(), log })
}

/// `.delos/nvrtc` where the set-up has made one.
fn prepared_folder() -> Option<PathBuf> {
    let beside = env::current_exe().ok();
    let starts = [env::current_dir().ok(), beside].into_iter().flatten();
    let folders: Vec<_> = starts
        .flat_map(|start| start.ancestors().map(Path::to_owned).collect::<Vec<_>>())
        .map(|folder| folder.join(".delos/nvrtc"))
        .collect();
    folders.into_iter().find(|folder| folder.is_dir())
}

/// Opens the libraries of a folder by path: later they are found by name. The one of built-in
/// functions comes first, the compiler looks for it by name too.
fn open_from(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.retain(|file| file.to_string_lossy().contains("libnvrtc"));
    files.sort_by_key(|file| (!file.to_string_lossy().contains("builtins"), file.clone()));
    for file in files {
        raw::library_opens(&file);
    }
}

/// Reads what `ptxas -v` prints: a line that names the kernel, then two with its numbers.
fn uses_in(log: &str) -> Vec<KernelUse> {
    let mut uses: Vec<KernelUse> = Vec::new();
    for line in log.lines() {
        if let Some(rest) = line.split("Compiling entry function '").nth(1) {
            let kernel = rest.split('\'').next().unwrap_or_default().to_owned();
            uses.push(KernelUse { kernel, registers: 0, stack_bytes: 0, spill_bytes: 0 });
        }
        let Some(last) = uses.last_mut() else { continue };
        if let Some(bytes) = number_before(line, " bytes stack frame") {
            // Functions that a kernel calls have lines of their own after it.
            last.stack_bytes = last.stack_bytes.max(bytes);
            let spilled = [" bytes spill stores", " bytes spill loads"];
            last.spill_bytes +=
                spilled.iter().filter_map(|unit| number_before(line, unit)).sum::<u32>();
        }
        if let Some(registers) = number_before(line, " registers") {
            last.registers = registers;
        }
    }
    uses
}

fn number_before(line: &str, unit: &str) -> Option<u32> {
    line.split(unit).next().filter(|rest| rest.len() < line.len())?.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_assemblers_words_are_read() {
        let log = "ptxas info    : 0 bytes gmem\n\
            ptxas info    : Compiling entry function 'keep_2d' for 'sm_90'\n\
            ptxas info    : Function properties for keep_2d\n\
            ptxas         .     16 bytes stack frame, 8 bytes spill stores, 4 bytes spill loads\n\
            ptxas info    : Used 32 registers, used 1 barriers, 768 bytes smem\n";
        let wanted =
            KernelUse { kernel: "keep_2d".into(), registers: 32, stack_bytes: 16, spill_bytes: 12 };
        assert_eq!(uses_in(log), [wanted]);
        assert!(uses_in("").is_empty());
    }
}
