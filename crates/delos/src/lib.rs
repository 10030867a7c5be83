//! The delos command
