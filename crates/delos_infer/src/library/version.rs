//! Which version of ONNX Runtime a library is, by its own word: neither its file's name nor the branch that it was
//! built from need tell.
#![expect(unsafe_code, reason = "asking a library is foreign code")]

use ort::sys::OrtApiBase;
use std::ffi::CStr;
use std::path::Path;

/// The version that the library tells, for example `1.31.1`. It must be ONNX Runtime, and loaded.
pub(super) fn ask(path: &Path) -> Option<String> {
    // SAFETY: the library is loaded already, so that no initialiser runs.
    let library = unsafe { libloading::Library::new(path) }.ok()?;
    // SAFETY: every ONNX Runtime exports this function with this type (`onnxruntime_c_api.h`).
    let base = unsafe {
        library.get::<unsafe extern "system" fn() -> *const OrtApiBase>(c"OrtGetApiBase".to_bytes())
    };
    // SAFETY: as above; it returns a pointer to a table that lives as long as the library, or null.
    let base = unsafe { base.ok()?().as_ref() }?;
    // SAFETY: the function of the table returns a string that ends in zero and lives as long as the library.
    let text = unsafe { (base.GetVersionString)().as_ref().map(|first| CStr::from_ptr(first)) }?;
    text.to_str().ok().map(str::to_owned)
}
