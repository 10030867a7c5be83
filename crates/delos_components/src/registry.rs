//! Every kind of component that delos ships.

use crate::{
    CameraComponent, FusionComponent, LidarComponent, RecorderComponent, ReplayComponent,
    ScoresComponent, SimulateComponent, SmootherComponent, TrackerComponent,
};
use delos_runtime::Registry;

/// The kinds that delos ships. Add your own with [`Registry::with`].
pub fn registry() -> Registry {
    Registry::default()
        .with::<ReplayComponent>()
        .with::<SimulateComponent>()
        .with::<CameraComponent>()
        .with::<LidarComponent>()
        .with::<FusionComponent>()
        .with::<TrackerComponent>()
        .with::<SmootherComponent>()
        .with::<RecorderComponent>()
        .with::<ScoresComponent>()
}
