//! Benches of the whole.
