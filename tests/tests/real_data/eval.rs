//! The evaluation against the stored numbers of the field's reference tools.

mod ab3dmot;
