//! Every kind of component that delos ships.

use crate::{
    CameraComponent, FusionComponent, ImageTrackerComponent, LidarComponent, OdometryComponent,
    RecorderComponent, ReplayComponent, ScoresComponent, SimulateComponent, SmootherComponent,
    SweepsComponent, TrackerComponent,
};
use delos_runtime::Registry;

/// The kinds that delos ships. Add your own with [`Registry::with`].
pub fn registry() -> Registry {
    Registry::default()
        .with::<ReplayComponent>()
        .with::<SimulateComponent>()
        .with::<CameraComponent>()
        .with::<SweepsComponent>()
        .with::<LidarComponent>()
        .with::<FusionComponent>()
        .with::<OdometryComponent>()
        .with::<TrackerComponent>()
        .with::<ImageTrackerComponent>()
        .with::<SmootherComponent>()
        .with::<RecorderComponent>()
        .with::<ScoresComponent>()
}
