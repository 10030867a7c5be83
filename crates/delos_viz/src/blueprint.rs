//! How the viewer lays the recording out.

use crate::canvas::log_error;
use crate::{VizError, paths};
use rerun::blueprint::components::{Corner2D, PanelState, PlayState};
use rerun::blueprint::{
    Blueprint, BlueprintActivation, BlueprintPanel, ContainerLike, Horizontal, SelectionPanel,
    Spatial2DView, Spatial3DView, TextLogView, TimePanel, TimeSeriesView, Vertical,
};
use rerun::external::re_log_types::BlueprintActivationCommand;
use rerun::external::re_sdk_types::blueprint::archetypes::{
    Background, EyeControls3D, LineGrid3D, PlotLegend, TextLogColumns, TimeAxis,
};
use rerun::external::re_sdk_types::blueprint::components::{BackgroundKind, Eye3DKind};
use rerun::external::re_sdk_types::blueprint::datatypes::{
    TextLogColumn, TextLogColumnKind, TimelineColumn,
};
use rerun::external::re_sdk_types::datatypes::{TimeRange, TimeRangeBoundary};
use rerun::log::LogMsg;
use rerun::{
    ApplicationId, AsComponents, EntityPath, RecordingStream, RecordingStreamBuilder, StoreKind,
};

/// Where the eye stands and where it looks, in the vehicle's frame, metres: behind and
/// above, so that the road ahead fills the view.
const EYE_M: [f32; 3] = [-14.0, 0.0, 10.0];
const LOOK_AT_M: [f32; 3] = [12.0, 0.0, -2.0];

/// How many frames a plot reaches back at most, where time follows the newest frame.
const HISTORY: i64 = 200;

/// Titles of the plots.
const LATENCY_TITLE: &str = "Latency per frame, ms";
const DEADLINES_TITLE: &str = "Left of the deadline, ms";

/// What a recording has something of.
#[expect(clippy::struct_excessive_bools, reason = "each says of one thing whether it is there")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Content {
    /// There are images.
    pub(crate) camera: bool,
    /// There is something in space.
    pub(crate) space: bool,
    /// There are echoes of a radar.
    pub(crate) radar: bool,
    /// There are deadlines.
    pub(crate) deadlines: bool,
}

/// Which views a recording needs, and how its time runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// What there is to see.
    pub(crate) content: Content,
    /// For a picture of the last frame: no panels, time stands at the end, and plots
    /// reach this many frames back.
    pub(crate) still: Option<i64>,
    /// Time follows the newest frame.
    pub(crate) follow: bool,
}

impl Layout {
    /// What this layout and another one need together.
    pub(crate) const fn with(self, more: Content) -> Self {
        let Content { camera, space, radar, deadlines } = self.content;
        let content = Content {
            camera: camera || more.camera,
            space: space || more.space,
            radar: radar || more.radar,
            deadlines: deadlines || more.deadlines,
        };
        Self { content, ..self }
    }

    /// Sends the layout as the recording's default and makes it active.
    pub(crate) fn send(self, stream: &RecordingStream) -> Result<(), VizError> {
        let application = stream
            .store_info()
            .map_or_else(ApplicationId::unknown, |info| info.application_id().clone());
        let (messages, activation) = self.messages(application)?;
        if let Some(activation) = activation {
            stream.send_blueprint(messages, activation);
        }
        Ok(())
    }

    /// The layout as messages, to be followed by the activation.
    pub(crate) fn messages(
        self,
        application: ApplicationId,
    ) -> Result<(Vec<LogMsg>, Option<BlueprintActivationCommand>), VizError> {
        let (blueprint, properties) = self.build();
        let (scratch, storage) = RecordingStreamBuilder::new(application)
            .enabled(true)
            .memory()
            .map_err(log_error("blueprint".into()))?;
        blueprint
            .send(&scratch, BlueprintActivation::default())
            .map_err(log_error("blueprint".into()))?;
        let of_blueprint = |m: &LogMsg| m.store_id().kind() == StoreKind::Blueprint;
        let mut messages: Vec<_> = storage.take().into_iter().filter(of_blueprint).collect();
        let activation = messages.iter().find_map(|message| match message {
            LogMsg::BlueprintActivationCommand(command) => Some(command.clone()),
            _ => None,
        });
        messages.retain(|m| !matches!(m, LogMsg::BlueprintActivationCommand(_)));
        if let Some(activation) = &activation {
            messages.extend(properties.messages(activation)?);
        }
        Ok((messages, activation))
    }

    fn build(self) -> (Blueprint, Properties) {
        let mut properties = Properties::default();
        let mut rows: Vec<ContainerLike> = Vec::new();
        let mut shares: Vec<f32> = Vec::new();
        if self.content.camera {
            rows.push(camera_view());
            shares.push(if self.content.space { 0.42 } else { 0.72 });
        }
        let (plots, plot_shares) = self.plots(&mut properties);
        if self.content.space {
            let side = Vertical::new(plots).with_row_shares(plot_shares);
            let below = [space_view(&mut properties, self.content.radar), side.into()];
            rows.push(Horizontal::new(below).with_column_shares([0.68, 0.32]).into());
            shares.push(0.58);
        } else {
            rows.push(Horizontal::new(plots).with_column_shares(plot_shares).into());
            shares.push(0.28);
        }
        let root: ContainerLike = Vertical::new(rows).with_row_shares(shares).into();
        (self.with_panels(Blueprint::new(root)), properties)
    }

    /// The plots and the notices, with the share of the room for each.
    fn plots(self, properties: &mut Properties) -> (Vec<ContainerLike>, Vec<f32>) {
        let (history, notices) = (self.history(), notices_view(properties));
        let latency = plot_view(properties, LATENCY_TITLE, paths::LATENCY, history);
        if self.content.deadlines {
            let deadlines = plot_view(properties, DEADLINES_TITLE, paths::DEADLINES, history);
            (vec![latency, deadlines, notices], vec![0.42, 0.34, 0.24])
        } else {
            (vec![latency, notices], vec![0.67, 0.33])
        }
    }

    fn history(self) -> Option<i64> {
        self.still.map(|frames| frames.clamp(1, HISTORY)).or(self.follow.then_some(HISTORY))
    }

    fn with_panels(self, blueprint: Blueprint) -> Blueprint {
        let play = if self.still.is_some() || self.follow {
            PlayState::Following
        } else {
            PlayState::Paused
        };
        let time = TimePanel::new().with_timeline(paths::TICK).with_play_state(play).with_fps(10.0);
        let hidden = PanelState::Hidden;
        let (time_state, side_state) = if self.still.is_some() {
            (hidden, hidden)
        } else {
            (PanelState::Collapsed, PanelState::Collapsed)
        };
        blueprint
            .with_auto_views(false)
            .with_auto_layout(false)
            .with_time_panel(time.with_state(time_state))
            .with_blueprint_panel(BlueprintPanel::from_state(side_state))
            .with_selection_panel(SelectionPanel::from_state(side_state))
    }
}

fn camera_view() -> ContainerLike {
    Spatial2DView::new("Camera: 2-D detections by class, tracks by number")
        .with_origin(paths::CAMERA)
        .with_contents([format!("/{}/**", paths::CAMERA)])
        .into()
}

/// The view is fixed to the vehicle: the eye follows by itself.
fn space_view(properties: &mut Properties, has_radar: bool) -> ContainerLike {
    let view: ContainerLike = Spatial3DView::new(space_title(has_radar))
        .with_origin(paths::EGO)
        .with_contents(space_contents())
        .into();
    let eye = EyeControls3D::new()
        .with_kind(Eye3DKind::Orbital)
        .with_position(EYE_M)
        .with_look_target(LOOK_AT_M)
        .with_eye_up([0.0, 0.0, 1.0]);
    properties.add(&view, "EyeControls3D", &eye);
    properties.add(&view, "LineGrid3D", &LineGrid3D::new().with_visible(false));
    let dark = Background::new(BackgroundKind::SolidColor).with_color([16, 18, 24]);
    properties.add(&view, "Background", &dark);
    view
}

const fn space_title(has_radar: bool) -> &'static str {
    if has_radar {
        "Space: tracks filled, detections thin, ground truth white, radar magenta"
    } else {
        "Space: tracks filled, detections thin, ground truth white"
    }
}

/// The world without the image and without what is for a closer look. Left out of the view, since
/// an override that makes an entity invisible does nothing in viewer 0.36.3.
fn space_contents() -> Vec<String> {
    let out = [paths::CAMERA, paths::LIDAR_BOXES, paths::ONE_SIDED, paths::TENTATIVE];
    let out = out.iter().map(|path| format!("- /{path}/**"));
    std::iter::once(format!("/{}/**", paths::WORLD)).chain(out).collect()
}

/// Curves below one entity. `history`: how many frames before the current one are shown; `None`
/// shows all.
fn plot_view(
    properties: &mut Properties,
    title: &str,
    path: &str,
    history: Option<i64>,
) -> ContainerLike {
    let view: ContainerLike = TimeSeriesView::new(title)
        .with_origin(format!("/{path}"))
        .with_contents([format!("/{path}/**")])
        .into();
    // On the right lie the newest frames.
    let legend = PlotLegend::new().with_corner(Corner2D::LeftTop).with_visible(true);
    properties.add(&view, "PlotLegend", &legend);
    if let Some(frames) = history {
        let start = TimeRangeBoundary::CursorRelative((-frames).into());
        let end = TimeRangeBoundary::CursorRelative(0.into());
        let axis = TimeAxis::new().with_view_range(TimeRange { start, end });
        properties.add(&view, "TimeAxis", &axis);
    }
    view
}

/// Frame, level and text; the entity is always the same.
fn notices_view(properties: &mut Properties) -> ContainerLike {
    let view: ContainerLike = TextLogView::new("Notices")
        .with_origin(format!("/{}", paths::NOTICES))
        .with_contents([format!("/{}", paths::NOTICES)])
        .into();
    let shown = |kind| TextLogColumn { visible: true.into(), kind };
    let columns = TextLogColumns::new()
        .with_timeline_columns([TimelineColumn {
            visible: true.into(),
            timeline: paths::TICK.into(),
        }])
        .with_text_log_columns([
            shown(TextLogColumnKind::LogLevel),
            shown(TextLogColumnKind::Body),
        ]);
    properties.add(&view, "TextLogColumns", &columns);
    view
}

/// Properties of views that the blueprint's own API cannot set.
#[derive(Default)]
struct Properties(Vec<(EntityPath, Vec<rerun::SerializedComponentBatch>)>);

impl Properties {
    fn add(&mut self, view: &ContainerLike, name: &str, property: &dyn AsComponents) {
        if let ContainerLike::View(view) = view {
            let path = EntityPath::from(format!("{}/{name}", view.blueprint_path()));
            self.0.push((path, property.as_serialized_batches()));
        }
    }

    /// The properties as messages of the blueprint that `activation` names.
    fn messages(self, activation: &BlueprintActivationCommand) -> Result<Vec<LogMsg>, VizError> {
        let (stream, storage) = RecordingStreamBuilder::from_store_id(&activation.blueprint_id)
            .enabled(true)
            .send_properties(false)
            .memory()
            .map_err(log_error("blueprint".into()))?;
        stream.set_time_sequence("blueprint", 0);
        for (path, batches) in self.0 {
            stream.log_serialized_batches(path.clone(), false, batches).map_err(log_error(path))?;
        }
        let mut messages = storage.take();
        messages.retain(|message| matches!(message, LogMsg::ArrowMsg(..)));
        Ok(messages)
    }
}
