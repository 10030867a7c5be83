use super::*;
use std::cell::RefCell;
use std::env;
use std::fs;

/// NVRTC where the set-up has brought it; what needs it is left out elsewhere, unless it is required.
fn has_nvrtc() -> bool {
    let found = Nvrtc::find(Kernels::of_user().nvrtc.as_deref());
    assert!(found.is_ok() || env::var_os("DELOS_REQUIRE_NVRTC").is_none(), "{found:?}");
    if found.is_err() {
        eprintln!("NVRTC is not installed (`cargo xtask setup --nvrtc`): left out");
    }
    found.is_ok()
}

fn kernels(folder: &std::path::Path) -> Kernels {
    Kernels { cache: Some(CubinCache::new(folder)), ..Kernels::of_user() }
}

/// Loads with a driver that takes everything, and tells what it was given.
fn load(kernels: &Kernels) -> (KernelOrigin, Vec<Code>) {
    let given = RefCell::new(Vec::new());
    let take = |code| {
        given.borrow_mut().push(code);
        Ok(())
    };
    let ((), origin) = kernels.load_through("sm_90", take).unwrap();
    (origin, given.into_inner())
}

#[test]
fn the_second_start_compiles_nothing() {
    if !has_nvrtc() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let kernels = kernels(folder.path());
    let (first, compiled) = load(&kernels);
    assert!(matches!(&first, KernelOrigin::Compiled { notice: None, .. }), "{first}");
    let (second, kept) = load(&kernels);
    assert!(matches!(&second, KernelOrigin::Kept { .. }), "{second}");
    assert_eq!(compiled, kept);
    assert!(matches!(&kept[..], [Code::Cubin(bytes)] if bytes.starts_with(b"\x7fELF")));
}

#[test]
fn a_broken_entry_is_replaced_and_said() {
    if !has_nvrtc() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let kernels = kernels(folder.path());
    load(&kernels);
    let file = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    fs::write(&file, b"torn").unwrap();
    let (origin, _) = load(&kernels);
    assert!(origin.to_string().contains("is replaced"), "{origin}");
    assert!(matches!(load(&kernels).0, KernelOrigin::Kept { .. }));
}

#[test]
fn what_the_driver_refuses_is_compiled_again() {
    if !has_nvrtc() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let kernels = kernels(folder.path());
    load(&kernels);
    let calls = RefCell::new(0);
    let refuse_once = |_| {
        *calls.borrow_mut() += 1;
        let refused = GpuError::Driver { doing: "load", cause: "CUDA_ERROR_INVALID_IMAGE".into() };
        if *calls.borrow() == 1 { Err(refused) } else { Ok(()) }
    };
    let ((), origin) = kernels.load_through("sm_90", refuse_once).unwrap();
    assert!(origin.to_string().contains("CUDA_ERROR_INVALID_IMAGE"), "{origin}");
}

#[test]
fn an_unknown_device_gets_the_built_in_kernels() {
    let folder = tempfile::tempdir().unwrap();
    let ((), origin) = kernels(folder.path()).load_through("sm_999", |_| Ok(())).unwrap();
    assert!(matches!(&origin, KernelOrigin::BuiltIn { .. }), "{origin}");
}
