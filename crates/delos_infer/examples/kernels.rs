//! Compiles the kernels for every architecture they are checked for, without a driver: none may spill registers
//! to local memory, and the program built in must be of this source.
//!
//! `cargo xtask kernels` brings NVRTC and runs this; with `--write` it makes the built-in program anew.

use delos_infer::gpu::{BUILT_IN, KERNELS, KernelUse, Kernels, Nvrtc};
use std::error::Error;
use std::path::Path;

/// A100, Ada, H100 and H200, Blackwell of workstations; `sm_87` is Orin.
const TARGETS: [&str; 5] = ["sm_80", "sm_87", "sm_89", "sm_90", "sm_120"];

fn main() -> Result<(), Box<dyn Error>> {
    let nvrtc = Nvrtc::find(Kernels::of_user().nvrtc.as_deref())?;
    if std::env::args().any(|argument| argument == "--write") {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("kernels/delos.ptx");
        return Ok(std::fs::write(path, nvrtc.built_in()?)?);
    }
    for target in TARGETS {
        check(target, &nvrtc.uses(target)?)?;
    }
    if nvrtc.built_in()? != BUILT_IN {
        return Err(
            "kernels/delos.ptx is not of this source: run `cargo xtask kernels --write`".into()
        );
    }
    eprintln!("the built-in program is of this source");
    Ok(())
}

/// The kernels that may have local memory all the same: the CUDA library's sine and cosine bring a table for
/// angles of many turns, which boxes do not have.
const WITH_TABLE: [&str; 1] = ["overlaps_bev"];

/// Every kernel is there and keeps its numbers in registers.
fn check(target: &str, uses: &[KernelUse]) -> Result<(), String> {
    if uses.len() != KERNELS.len() {
        return Err(format!("{target}: {} kernels of {}", uses.len(), KERNELS.len()));
    }
    let is_sound = |kernel: &&KernelUse| {
        let may_have_table = WITH_TABLE.contains(&kernel.kernel.as_str());
        kernel.spill_bytes == 0 && (kernel.stack_bytes == 0 || may_have_table)
    };
    if let Some(kernel) = uses.iter().find(|kernel| !is_sound(kernel)) {
        return Err(format!("{target}: needs local memory: {kernel:?}"));
    }
    let most = uses.iter().max_by_key(|kernel| kernel.registers);
    let most =
        most.map_or_else(String::new, |k| format!("{} registers ({})", k.registers, k.kernel));
    eprintln!("{target}: {} kernels, no spills, at most {most}", uses.len());
    Ok(())
}
