//! When the points of a scan were measured.

use crate::{CoreError, DigestHasher};

/// A time for each point of a scan, `[N]`, in the scan's order: seconds after the scan's stamp,
/// before it negative.
///
/// A spinning LiDAR looks around for a tenth of a second, in which the vehicle moves on. Few need
/// to know when a point was measured, and four bytes a point are only spent where somebody asks.
#[derive(Clone, Debug, PartialEq)]
pub enum PointTimes {
    /// Each point is where the vehicle saw it at that time: the scan is skewed by the vehicle's
    /// motion.
    Rolling(Vec<f32>),
    /// Each point is where the vehicle would have seen it at the scan's stamp, if it stands
    /// still: the times say how old the sight is.
    Aligned(Vec<f32>),
    /// Points of several scans, aligned: the times are those of their scans, so that the newest scan's are 0.
    Joined(Vec<f32>),
}

impl PointTimes {
    /// Seconds after the scan's stamp, `[N]`.
    pub fn seconds(&self) -> &[f32] {
        match self {
            Self::Rolling(seconds) | Self::Aligned(seconds) | Self::Joined(seconds) => seconds,
        }
    }

    /// Whether these are the times of several scans.
    pub const fn is_joined(&self) -> bool {
        matches!(self, Self::Joined(_))
    }

    /// Whether the scan is skewed by the vehicle's motion.
    pub const fn is_rolling(&self) -> bool {
        matches!(self, Self::Rolling(_))
    }

    pub(super) fn check(&self, points: usize) -> Result<(), CoreError> {
        let seconds = self.seconds();
        if seconds.len() == points && seconds.iter().all(|s| s.is_finite()) {
            return Ok(());
        }
        Err(CoreError::PointTimes { points, times: seconds.len() })
    }

    /// Those for which `keep` says so, asked in their order.
    pub(super) fn retained(mut self, mut keep: impl FnMut() -> bool) -> Self {
        let (Self::Rolling(seconds) | Self::Aligned(seconds) | Self::Joined(seconds)) = &mut self;
        seconds.retain(|_| keep());
        self
    }

    pub(super) fn digest(&self, hasher: &mut DigestHasher) {
        hasher.bool(self.is_rolling()).f32s(self.seconds().iter().copied());
    }
}
