//! What worse input costs.

use crate::ablate::{head, row};
use crate::input::{Drive, Frame};
use crate::search::Chance;
use anyhow::Result;
use std::io::Write;
use toml::Table;

/// What is done to the input.
#[derive(Clone, Copy)]
pub(crate) enum Harm {
    None,
    /// Each detection is lost with this probability.
    Dropped(f64),
    /// Centres are moved by noise of this deviation on both axes, metres.
    Shaken(f64),
    /// The vehicle's motion is not known.
    Unposed,
    /// Only every second frame is there, and only it counts.
    Halved,
}

const TABLE: [(&str, Harm); 7] = [
    ("as stored", Harm::None),
    ("10 % of the detections lost", Harm::Dropped(0.1)),
    ("30 % lost", Harm::Dropped(0.3)),
    ("50 % lost", Harm::Dropped(0.5)),
    ("5 Hz", Harm::Halved),
    ("0.5 m of noise", Harm::Shaken(0.5)),
    ("no poses", Harm::Unposed),
];

pub(crate) fn run(out: &mut impl Write, drives: &[Drive], settings: &Table) -> Result<()> {
    head(out, "input")?;
    for (name, harm) in TABLE {
        let mut chance = Chance(1);
        let harmed: Vec<Drive> = drives.iter().map(|drive| harm.to(drive, &mut chance)).collect();
        row(out, name, &harmed, settings)?;
    }
    Ok(())
}

impl Harm {
    pub(crate) fn to(self, drive: &Drive, chance: &mut Chance) -> Drive {
        let mut harmed = drive.clone();
        if let Self::Halved = self {
            return halved(harmed);
        }
        harmed.frames.iter_mut().for_each(|frame| self.to_frame(frame, chance));
        harmed
    }

    fn to_frame(self, frame: &mut Frame, chance: &mut Chance) {
        match self {
            Self::Dropped(share) => frame.detections.0.retain(|_| chance.unit() >= share),
            Self::Shaken(deviation) => frame.detections.0.iter_mut().for_each(|d| {
                let (dx, dy) = (chance.normal() * deviation, chance.normal() * deviation);
                d.bbox.center = d.bbox.center.moved(dx, dy, 0.0);
            }),
            Self::Unposed => frame.world_from_ego = None,
            Self::None | Self::Halved => {}
        }
    }
}

/// Every second frame, numbered anew, so that labels between do not count as missed.
fn halved(mut drive: Drive) -> Drive {
    drive.frames.retain(|frame| frame.number.is_multiple_of(2));
    drive.frames.iter_mut().for_each(|frame| frame.number /= 2);
    drive.truth.retain(|row| row.frame.is_multiple_of(2));
    drive.truth.iter_mut().for_each(|row| row.frame /= 2);
    drive.length = drive.length.div_ceil(2);
    drive
}
