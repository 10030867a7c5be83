//! Judges the run against ground truth.

use crate::environment::{Environment, TruthFact};
use crate::topics;
use delos_core::{
    Body, Calibration, Detections2d, DigestHasher, Ego, GroundTruth, PointCloud, SettingError,
    Tracks,
};
use delos_eval::{
    CentreReport, CentreRules, CentreScores, FrameInput, FrameVerdict, ImageReport, ImageRules,
    ImageScores, POINT_FOOT_M, POINT_MARGIN_M, tracked_boxes,
};
use delos_runtime::{
    BuildContext, Component, ComponentResult, In, Io, Out, PortList, Role, RunReport,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[cfg(test)]
mod tests;

const NO_TRUTH: &str = "frames without ground truth are not scored; where no frame has any, there \
                        is no scores.json";
const NO_SCAN: &str =
    "tracks of frames without a LiDAR scan are not scored: what counts is told by its points";

/// Parameters of the scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScoresConfig {
    /// What counts for tracks.
    pub tracks: CentreRules,
    /// What counts for the camera's detections.
    pub camera: ImageRules,
}

impl ScoresConfig {
    /// Checks the ranges.
    fn check(&self) -> Result<(), SettingError> {
        self.tracks.check()?;
        self.camera.check()
    }
}

/// How well a run did: the content of `scores.json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScoresReport {
    /// Tracks of vehicles.
    #[serde(flatten)]
    pub tracks: CentreReport,
    /// Frames of the run whose tracks are not in these figures: the sum of `not_judged`.
    pub frames_not_judged: u64,
    /// Why they are not.
    pub not_judged: NotJudged,
    /// Detections in the image, where there are a camera and labels in its image.
    pub camera: Option<ImageReport>,
    /// What counted.
    pub rules: ScoresConfig,
    /// How far outside a labelled box a LiDAR point may lie and still belong to it, metres.
    pub point_margin_m: f64,
    /// Points lower than this above the foot of a box are the ground's, metres.
    pub point_foot_m: f64,
}

/// Frames whose tracks could not be judged, by the reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NotJudged {
    /// Processed, and nobody has labelled them.
    pub unlabelled: u64,
    /// Labelled, without a LiDAR scan.
    pub without_scan: u64,
    /// Labelled, and dropped before the chain began with them.
    pub dropped: u64,
    /// Labelled, and left out on the way because a component was late (`on_late`).
    pub late: u64,
}

impl NotJudged {
    const fn sum(&self) -> u64 {
        self.unlabelled + self.without_scan + self.dropped + self.late
    }
}

impl ScoresReport {
    /// Counts the frames that never came as far as the scores: only the whole run knows them.
    pub fn add_lost(&mut self, run: &RunReport, truth: Option<&TruthFact>) {
        // Who has noted no truth is taken to have labelled every frame.
        let is_labelled = |sequence: &str, frame: u32| {
            truth.is_none_or(|truth| truth.has_labelled(sequence, frame))
        };
        let dropped = run.dropped.iter().filter(|frame| !frame.was_stopped());
        let dropped = dropped.filter(|frame| is_labelled(&frame.sequence, frame.frame)).count();
        let processed = run.frames.iter().map(|frame| &frame.header);
        let processed = processed.filter(|of| is_labelled(&of.sequence, of.frame)).count();
        let unlabelled = if truth.is_none() { self.not_judged.unlabelled } else { 0 };
        let seen = self.tracks.frames + self.not_judged.without_scan + unlabelled;
        self.not_judged.dropped = dropped as u64;
        self.not_judged.late = (processed as u64).saturating_sub(seen);
        self.frames_not_judged = self.not_judged.sum();
    }
}

/// One frame's verdict; `None` where it could not be judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scored(pub Option<FrameVerdict>);

impl Body for Scored {
    const NAME: &'static str = "verdict";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.bool(self.0.is_some());
        let Some(verdict) = &self.0 else { return };
        hasher.u64(verdict.vehicles.len() as u64).u64(verdict.tracks.len() as u64);
        for vehicle in &verdict.vehicles {
            hasher.u64(vehicle.object as u64).u32(vehicle.points);
            hasher.u64(vehicle.found.map_or(u64::MAX, |found| u64::from(found.track.0)));
            hasher.f64(vehicle.found.map_or(0.0, |found| found.distance_m));
        }
        for track in &verdict.tracks {
            hasher.u32(track.id.0).u8(track.judgement as u8);
        }
    }
}

/// Ports of the scores.
#[derive(Clone)]
pub struct ScoresPorts {
    truth: In<GroundTruth>,
    cloud: In<PointCloud<Ego>>,
    tracks: In<Tracks>,
    calibration: In<Calibration>,
    detections: In<Detections2d>,
    scored: Out<Scored>,
}

/// Judges tracks and camera detections against ground truth.
pub struct ScoresComponent {
    config: ScoresConfig,
    ports: ScoresPorts,
    environment: Option<Arc<Environment>>,
    scene: Option<(Arc<str>, u32)>,
    tracks: CentreScores,
    camera: ImageScores,
    not_judged: NotJudged,
}

impl Component for ScoresComponent {
    const KIND: &'static str = "scores";
    const ABOUT: &'static str = "Judges tracks and camera detections against ground truth.";
    const ROLE: Role = Role::Observer;
    type Config = ScoresConfig;
    type Ports = ScoresPorts;

    fn ports(_: &ScoresConfig, list: &mut PortList) -> ScoresPorts {
        ScoresPorts {
            truth: list.input("truth", topics::TRUTH),
            cloud: list.input("cloud", topics::CLOUD),
            tracks: list.input("tracks", topics::TRACKS),
            calibration: list.optional("calibration", topics::CALIBRATION),
            detections: list.optional("detections", topics::CAMERA_DETECTIONS),
            scored: list.output("scored", topics::SCORED),
        }
    }

    fn build(
        config: ScoresConfig,
        ports: ScoresPorts,
        context: &BuildContext,
    ) -> ComponentResult<Self> {
        config.check()?;
        Ok(Self {
            config,
            ports,
            environment: context.get::<Environment>(),
            scene: None,
            tracks: CentreScores::new(config.tracks),
            camera: ImageScores::new(config.camera),
            not_judged: NotJudged::default(),
        })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        self.follow_scene(io);
        let verdict = self.judge(io);
        io.put(self.ports.scored, Scored(verdict));
        Ok(())
    }

    fn finish(&mut self) -> ComponentResult {
        let report = self.report();
        if let Some(environment) = &self.environment
            && (report.tracks.frames > 0 || report.camera.is_some())
        {
            environment.note_scores(report);
        }
        Ok(())
    }
}

impl ScoresComponent {
    fn follow_scene(&mut self, io: &Io<'_>) {
        let header = io.header();
        let scene = (Arc::clone(&header.sequence), header.scene);
        if self.scene.as_ref() != Some(&scene) {
            self.tracks.begin_scene();
            self.scene = Some(scene);
        }
    }

    fn judge(&mut self, io: &mut Io<'_>) -> Option<FrameVerdict> {
        let Some(truth) = io.get(self.ports.truth) else {
            io.notice(NO_TRUTH);
            self.not_judged.unlabelled += 1;
            return None;
        };
        if let Some(found) = io.get(self.ports.detections) {
            self.camera.add(&truth, &found);
        }
        let Some(cloud) = io.get(self.ports.cloud) else {
            io.notice(NO_SCAN);
            self.not_judged.without_scan += 1;
            return None;
        };
        let tracks = io.get(self.ports.tracks).map_or_else(Vec::new, |t| tracked_boxes(&t));
        let calibration = io.get(self.ports.calibration);
        let camera = calibration.as_deref().and_then(|calibration| calibration.camera.as_ref());
        Some(self.tracks.add(&FrameInput { truth: &truth, cloud: &cloud, tracks: &tracks, camera }))
    }

    fn report(&self) -> ScoresReport {
        ScoresReport {
            tracks: self.tracks.report(),
            frames_not_judged: self.not_judged.sum(),
            not_judged: self.not_judged,
            camera: self.camera.report(),
            rules: self.config,
            point_margin_m: POINT_MARGIN_M,
            point_foot_m: POINT_FOOT_M,
        }
    }
}
