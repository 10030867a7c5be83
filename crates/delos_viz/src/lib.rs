//! Recordings and live views in Rerun
