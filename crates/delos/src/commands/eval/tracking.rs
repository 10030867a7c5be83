//! `delos eval tracking`.

use super::input::{self, InputArgs};
use super::{ab3dmot, kitti, mot};
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use delos_core::ObjectClass;
use delos_eval::ab3dmot::Mode;
use delos_eval::tracking::MotRules;

#[derive(Args)]
#[command(after_help = NOTES)]
pub(crate) struct TrackingArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// Whose definitions
    #[arg(long, value_enum, default_value = "kitti")]
    metric: Metric,
    /// Classes, names between commas (default: car,pedestrian; of ab3dmot: cyclist too)
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = input::class)]
    classes: Vec<ObjectClass>,
    /// ab3dmot: least overlap of a match (default: 0.25)
    #[arg(long, value_name = "SHARE", value_parser = share)]
    iou: Option<f64>,
    /// ab3dmot: what has to overlap (default: 3d)
    #[arg(long, value_enum)]
    mode: Option<ModeArg>,
    /// motchallenge: whose rules decide what counts (default: mot15, all rows without classes)
    #[arg(long, value_enum)]
    rules: Option<RulesArg>,
}

const NOTES: &str = "\
Rows are those of KITTI's tracking benchmark, between blanks:
  frame id type truncated occluded alpha x1 y1 x2 y2 h w l x y z ry score
and of MOTChallenge (frame,id,left,top,width,height,confidence,...) with --metric motchallenge
or motmetrics. Higher is better, apart from IDSW (identity switches), Frag, FP and FN.

Examples:
  delos eval tracking --labels training/label_02 --results my_tracker --json scores.json
  delos eval tracking --labels training/label_02 --results my_tracker --metric ab3dmot --iou 0.5
  delos eval tracking --labels MOT17/train --results my_tracker --metric motchallenge --rules mot16";

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Metric {
    /// HOTA, CLEAR and Identity of rectangles in the image, as TrackEval has them for KITTI
    Kitti,
    /// sAMOTA, AMOTA and AMOTP over all recall levels, as AB3DMOT's evaluator
    Ab3dmot,
    /// HOTA, CLEAR and Identity as TrackEval has them for MOTChallenge
    Motchallenge,
    /// CLEAR and Identity as py-motmetrics, for files of MOTChallenge
    Motmetrics,
}

#[derive(Clone, Copy, ValueEnum)]
enum ModeArg {
    /// The boxes in space
    #[value(name = "3d")]
    Solid,
    /// The rectangles in the image
    #[value(name = "2d")]
    Image,
}

#[derive(Clone, Copy, ValueEnum)]
enum RulesArg {
    /// Every row counts
    Mot15,
    /// Pedestrians count; what is found of distractors is neither right nor wrong
    Mot16,
    /// The same, with other vehicles among the distractors
    Mot20,
}

fn share(text: &str) -> Result<f64, String> {
    let found = text.parse().ok().filter(|share| (0.0..=1.0).contains(share) && *share > 0.0);
    found.ok_or_else(|| "a share above 0 and up to 1 is needed, for example 0.25".to_owned())
}

pub(super) fn tracking(args: &TrackingArgs) -> Result<()> {
    args.check()?;
    match args.metric {
        Metric::Kitti => kitti::evaluate(&args.input, &args.classes()),
        Metric::Ab3dmot => {
            let mode = match args.mode {
                None | Some(ModeArg::Solid) => Mode::Solid,
                Some(ModeArg::Image) => Mode::Image,
            };
            let rules = delos_eval::ab3dmot::Rules { mode, min_overlap: args.iou.unwrap_or(0.25) };
            ab3dmot::evaluate(&args.input, &args.classes(), rules)
        }
        Metric::Motchallenge => mot::evaluate(&args.input, args.rules()),
        Metric::Motmetrics => mot::evaluate_motmetrics(&args.input),
    }
}

impl TrackingArgs {
    /// Refuses what would otherwise be passed over in silence.
    fn check(&self) -> Result<()> {
        let is_mot = matches!(self.metric, Metric::Motchallenge | Metric::Motmetrics);
        if self.metric != Metric::Ab3dmot && (self.iou.is_some() || self.mode.is_some()) {
            bail!("--iou and --mode belong to --metric ab3dmot");
        }
        if self.metric != Metric::Motchallenge && self.rules.is_some() {
            bail!("--rules belongs to --metric motchallenge");
        }
        if is_mot && !self.classes.is_empty() {
            bail!("--classes: files of MOTChallenge are judged by --rules, not by classes");
        }
        Ok(())
    }

    fn classes(&self) -> Vec<ObjectClass> {
        const ALL: [ObjectClass; 3] =
            [ObjectClass::Car, ObjectClass::Pedestrian, ObjectClass::Cyclist];
        let [car, pedestrian, _] = ALL;
        let default = if self.metric == Metric::Ab3dmot { &ALL[..] } else { &[car, pedestrian] };
        input::classes(&self.classes, default)
    }

    fn rules(&self) -> MotRules {
        match self.rules {
            None | Some(RulesArg::Mot15) => MotRules::Mot15,
            Some(RulesArg::Mot16) => MotRules::Mot16,
            Some(RulesArg::Mot20) => MotRules::Mot20,
        }
    }
}
