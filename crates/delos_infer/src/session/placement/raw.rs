//! The calls into ONNX Runtime for which `ort` has no safe form: how the nodes were shared out.
#![expect(unsafe_code, reason = "asking ONNX Runtime's C interface is foreign code")]

use super::{PlacedNode, Share};
use ort::AsPointer;
use ort::session::Session;
use ort::sys::{OrtEpAssignedNode, OrtEpAssignedSubgraph, OrtStatusPtr};
use std::ffi::{CStr, c_char};
use std::ptr;

/// The groups of nodes as ONNX Runtime has given them to its providers, in its order.
pub(super) fn shares(session: &Session) -> ort::Result<Vec<Share>> {
    let (mut groups, mut count) = (ptr::null(), 0);
    let ask = ort::api().Session_GetEpGraphAssignmentInfo;
    // SAFETY: the session is alive and the pointers are to live variables.
    checked(unsafe { ask(session.ptr(), &raw mut groups, &raw mut count) })?;
    // SAFETY: the list is the session's own and lives as long as it does.
    let groups = unsafe { list(groups, count) };
    groups.iter().map(|group| share(*group)).collect()
}

fn share(group: *const OrtEpAssignedSubgraph) -> ort::Result<Share> {
    let api = ort::api();
    let (mut nodes, mut count) = (ptr::null(), 0);
    // SAFETY: the group belongs to a live session and the pointers are to live variables.
    checked(unsafe { (api.EpAssignedSubgraph_GetNodes)(group, &raw mut nodes, &raw mut count) })?;
    // SAFETY: the list is the session's own and lives as long as it does.
    let nodes = unsafe { list(nodes, count) };
    Ok(Share {
        provider: text(group, api.EpAssignedSubgraph_GetEpName)?,
        nodes: nodes.iter().map(|node| placed(*node)).collect::<ort::Result<_>>()?,
    })
}

fn placed(node: *const OrtEpAssignedNode) -> ort::Result<PlacedNode> {
    let api = ort::api();
    Ok(PlacedNode {
        name: text(node, api.EpAssignedNode_GetName)?,
        operator: text(node, api.EpAssignedNode_GetOperatorType)?,
    })
}

type TextOf<T> = unsafe extern "system" fn(*const T, *mut *const c_char) -> OrtStatusPtr;

/// A text of something that belongs to a live session.
fn text<T>(of: *const T, ask: TextOf<T>) -> ort::Result<String> {
    let mut text = ptr::null();
    // SAFETY: callers hand over what ONNX Runtime has just given them, with a function for it.
    checked(unsafe { ask(of, &raw mut text) })?;
    if text.is_null() {
        return Ok(String::new());
    }
    // SAFETY: not null, ends in zero, and lives as long as the session.
    Ok(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

fn checked(status: OrtStatusPtr) -> ort::Result<()> {
    // SAFETY: the status comes from ONNX Runtime and is taken over here, once.
    unsafe { ort::Error::result_from_status(status) }
}

/// `count` pointers from `first` on; none where `first` is null.
///
/// # Safety
/// Unless it is null, `first` begins a list of `count` pointers that outlives `'a`.
unsafe fn list<'a, T>(first: *const *const T, count: usize) -> &'a [*const T] {
    if first.is_null() {
        return &[];
    }
    // SAFETY: what the caller promises.
    unsafe { std::slice::from_raw_parts(first, count) }
}
