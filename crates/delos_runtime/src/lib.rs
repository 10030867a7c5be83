//! The runtime: components with typed ports, launch files that are checked before the
//! first frame, and a scheduler whose results do not depend on the number of workers.
//!
//! A [`Component`] declares its ports and processes one frame at a time. A
//! [`LaunchFile`] names components and the topics between them; [`Plan::new`] checks it
//! completely; [`run`] drives it in lockstep or at the sensor's pace and returns what
//! every component produced (digests) and when (spans).
//!
//! ```
//! use delos_runtime::{Clock, LaunchFile, Plan, Registry};
//!
//! let registry = Registry::default();
//! let launch = LaunchFile::parse("name = \"empty\"", "empty.toml".as_ref()).expect("valid TOML");
//! let error = Plan::new(&launch, &registry).expect_err("there is no source");
//! assert!(error.to_string().contains("source"));
//! ```

pub mod analysis;
mod build;
mod clock;
mod compare;
mod component;
mod draw;
mod error;
mod feed;
mod kinds;
mod late;
mod latency;
mod launch;
mod message;
mod plan;
mod ports;
mod priority;
mod records;
mod run;
mod schedule;
mod state;
mod suggest;
mod tick;
mod worker;

pub use build::BuildContext;
pub use clock::{Clock, ManualClock, MonotonicClock};
pub use compare::{Difference, DigestEntry, DigestFile, compare};
pub use component::{Component, ComponentResult, Concurrency, Io, Role};
pub use draw::{dot, mermaid};
pub use error::{LaunchError, RunError};
pub use kinds::{KindInfo, Registry};
pub use late::{Deadline, DeadlineOutcome, OnLate};
pub use latency::{FrameTimes, LatencyFile, LatencySummary, PartSummaries, percentile};
pub use launch::{LaunchFile, NodeSpec, Pace, RunSettings};
pub use plan::{Edge, Plan, PlanNode};
pub use ports::{In, InputPort, Out, OutputPort, PortList};
pub use records::{Dropped, FrameRecord, NodeWork, PartNs, RunReport, SpanNs};
pub use run::{Cancel, check_start, run};
