//! Simulated drives are as hard as they should be.

use delos_core::ObjectClass;
use delos_sim::drive::DriveConfig;
use delos_sim::simulation::{Simulation, SimulationConfig};
use delos_sim::statistics::DriveStatistics;
use delos_sim::world::clutter::KINDS;
use std::collections::BTreeSet;

const CLASSES: [ObjectClass; 6] = [
    ObjectClass::Car,
    ObjectClass::Van,
    ObjectClass::Truck,
    ObjectClass::Bus,
    ObjectClass::Pedestrian,
    ObjectClass::Cyclist,
];

/// What every tenth frame of a drive holds.
struct Sample {
    simulation: Simulation,
    statistics: DriveStatistics,
    around: BTreeSet<ObjectClass>,
    in_view: BTreeSet<ObjectClass>,
}

impl Sample {
    /// Of a drive as the demo has it.
    fn of(seed: u64) -> Self {
        let mut config = SimulationConfig::default();
        config.drive = DriveConfig { seed, ..config.drive };
        let simulation = Simulation::new(&config).expect("the default drive");
        let mut sample = Self {
            statistics: DriveStatistics::of(simulation.drive()),
            around: BTreeSet::new(),
            in_view: BTreeSet::new(),
            simulation,
        };
        for frame in (0..sample.simulation.frames()).step_by(10) {
            sample.add(frame);
        }
        sample
    }

    fn add(&mut self, frame: usize) {
        let scene = self.simulation.drive().scene(frame).expect("of the drive");
        self.around.extend(scene.objects.iter().map(|object| object.class));
        let frame = self.simulation.frame(frame).expect("of the drive");
        self.in_view.extend(frame.labels.iter().map(|label| label.object.class));
        self.statistics.add(&frame.labels, frame.cloud.points().len());
    }
}

#[test]
fn drives_are_full_cluttered_and_occluded() {
    for seed in [7, 23, 61] {
        let Sample { simulation, statistics, around, in_view } = Sample::of(seed);
        eprintln!(
            "seed {seed}: {} road users, {} labels of {} classes, vehicles {:.0} % hidden, \
             {:.0} points, {} things beside the road",
            statistics.road_users(),
            statistics.labels(),
            in_view.len(),
            100.0 * statistics.mean_hidden(),
            statistics.mean_points(),
            statistics.clutter(),
        );
        assert!(statistics.road_users() >= 30, "seed {seed}: {statistics:?}");
        assert!((0.25..0.9).contains(&statistics.mean_hidden()), "seed {seed}: {statistics:?}");
        assert!((60_000.0..130_000.0).contains(&statistics.mean_points()), "{statistics:?}");
        // A short drive does not bring every class before the camera.
        assert!(around.iter().eq(&CLASSES) && in_view.len() >= 5, "seed {seed}: {in_view:?}");
        let world = simulation.drive().world();
        for kind in KINDS {
            assert!(world.count(kind) > 0, "seed {seed}: no {kind:?}");
        }
        assert!(statistics.clutter() >= 150, "seed {seed}: {statistics:?}");
    }
}
