//! A component of your own: keeps only objects ahead of the vehicle.
//!
//! `cargo run -p custom_component -- run examples/custom_component/launch.toml --data DIR --out DIR`

use delos_core::{Detection3d, Detections3d};
use delos_runtime::{BuildContext, Component, ComponentResult, In, Io, Out, PortList};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AheadConfig {
    /// Half the width of the corridor, metres.
    half_width_m: f64,
}

impl Default for AheadConfig {
    fn default() -> Self {
        Self { half_width_m: 2.0 }
    }
}

struct Ahead(AheadConfig, (In<Detections3d>, Out<Detections3d>));

impl Component for Ahead {
    const KIND: &'static str = "ahead";
    const ABOUT: &'static str = "Keeps objects in a corridor ahead of the vehicle.";
    type Config = AheadConfig;
    type Ports = (In<Detections3d>, Out<Detections3d>);

    fn ports(_: &AheadConfig, list: &mut PortList) -> Self::Ports {
        (list.input("objects", "perception/lidar/objects"), list.output("objects", "ahead"))
    }

    fn build(config: AheadConfig, ports: Self::Ports, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self(config, ports))
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let Self(config, (input, output)) = self;
        let Some(objects) = io.get(*input) else { return Ok(()) };
        let is_ahead = |d: &&Detection3d| {
            d.bbox.center.x() > 0.0 && d.bbox.center.y().abs() < config.half_width_m
        };
        let kept = objects.0.iter().filter(is_ahead).copied().collect();
        io.put(*output, Detections3d(kept));
        Ok(())
    }
}

fn main() -> std::process::ExitCode {
    delos::run_cli(&delos_components::registry().with::<Ahead>())
}
