//! What a component is.

use crate::build::BuildContext;
use crate::clock::Clock;
use crate::error::Cause;
use crate::message::AnyMsg;
use crate::ports::{In, Out, PortList};
use crate::records::StageNs;
use delos_core::{Body, Header, Msg, Span};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// What a component's methods return; any error type converts into it.
pub type ComponentResult<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What a component is to the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Brings frames in; exactly one in a graph.
    Source,
    /// Turns messages into messages; the frame is published when the last one is done.
    Stage,
    /// Looks on (recordings, files); its time does not count as latency of the chain.
    Observer,
}

/// Whether frames may be processed side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concurrency {
    /// One instance, frames in order: for everything that remembers.
    InOrder,
    /// Each frame stands for itself: `replicas` instances may work side by side.
    PerFrame,
}

/// A part of the pipeline, chosen by its `KIND` in the launch file.
pub trait Component: Send + Sized + 'static {
    /// Name in launch files.
    const KIND: &'static str;
    /// One sentence for people.
    const ABOUT: &'static str;
    /// What it is to the graph.
    const ROLE: Role = Role::Stage;
    /// Whether frames may be processed side by side.
    const CONCURRENCY: Concurrency = Concurrency::InOrder;

    /// Parameters. Every field has a default, unknown keys are errors: derive
    /// `Serialize`, `Deserialize` and write `#[serde(default, deny_unknown_fields)]`.
    type Config: Serialize + DeserializeOwned + Default + Clone + Send + Sync + 'static;
    /// The typed handles that [`Component::ports`] hands out.
    type Ports: Clone + Send + Sync + 'static;

    /// Declares the ports. Must depend on `config` only.
    fn ports(config: &Self::Config, list: &mut PortList) -> Self::Ports;

    /// Makes the component ready: loads models, opens files.
    ///
    /// # Errors
    /// Whatever keeps it from starting; the run is refused with it.
    fn build(
        config: Self::Config,
        ports: Self::Ports,
        context: &BuildContext,
    ) -> ComponentResult<Self>;

    /// Processes one frame. A source calls [`Io::begin`] first, or [`Io::end`].
    ///
    /// # Errors
    /// Whatever makes the frame's result untrustworthy; the run stops with it.
    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult;

    /// Called once after the last frame, also after a failure elsewhere.
    ///
    /// # Errors
    /// Whatever keeps results from being complete.
    fn finish(&mut self) -> ComponentResult {
        Ok(())
    }
}

/// A component whose type has been forgotten.
pub(crate) trait AnyComponent: Send {
    fn process(&mut self, io: &mut Io<'_>) -> Result<(), Cause>;
    fn finish(&mut self) -> Result<(), Cause>;
}

impl<C: Component> AnyComponent for C {
    fn process(&mut self, io: &mut Io<'_>) -> Result<(), Cause> {
        Component::process(self, io)
    }
    fn finish(&mut self) -> Result<(), Cause> {
        Component::finish(self)
    }
}

/// One frame's messages, as one component sees them.
pub struct Io<'a> {
    header: Option<Arc<Header>>,
    inputs: &'a [Option<AnyMsg>],
    outputs: Vec<Option<AnyMsg>>,
    spans: &'a [(&'a str, Span)],
    told: &'a [String],
    notices: Vec<String>,
    ended: bool,
    clock: Option<(&'a dyn Clock, i64)>,
    stages: Vec<StageNs>,
}

impl<'a> Io<'a> {
    pub(crate) fn new(
        header: Option<Arc<Header>>,
        inputs: &'a [Option<AnyMsg>],
        outputs: usize,
        spans: &'a [(&'a str, Span)],
    ) -> Self {
        Self {
            header,
            inputs,
            outputs: vec![None; outputs],
            spans,
            told: &[],
            notices: vec![],
            ended: false,
            clock: None,
            stages: vec![],
        }
    }

    pub(crate) const fn with_told(mut self, told: &'a [String]) -> Self {
        self.told = told;
        self
    }

    /// With the clock that [`Io::stage`] looks at; `start` is when the component began.
    pub(crate) fn with_clock(mut self, clock: &'a dyn Clock, start: i64) -> Self {
        self.clock = Some((clock, start));
        self
    }

    /// The frame.
    ///
    /// # Panics
    /// In a source that has not called [`Io::begin`] yet: a mistake of its author.
    #[expect(
        clippy::expect_used,
        reason = "documented contract of sources; stages always have one"
    )]
    pub fn header(&self) -> &Arc<Header> {
        self.header.as_ref().expect("a source calls Io::begin before Io::header")
    }

    /// The message at an input, if there is one.
    pub fn get<T: Body>(&self, port: In<T>) -> Option<Msg<T>> {
        self.inputs.get(port.index)?.as_ref()?.typed()
    }

    /// Sends `body` with the frame's header.
    pub fn put<T: Body>(&mut self, port: Out<T>, body: T) {
        self.put_shared(port, Arc::new(body));
    }

    /// Sends a body that lives elsewhere too.
    pub fn put_shared<T: Body>(&mut self, port: Out<T>, body: Arc<T>) {
        let header = Arc::clone(self.header());
        if let Some(slot) = self.outputs.get_mut(port.index) {
            *slot = Some(AnyMsg::new(header, body));
        }
    }

    /// For sources: names the frame that follows.
    pub fn begin(&mut self, header: Arc<Header>) {
        self.header = Some(header);
    }

    /// For sources: there is no further frame.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Tells the user something once; it is kept with the run.
    pub fn notice(&mut self, text: impl Into<String>) {
        self.notices.push(text.into());
    }

    /// Says that a stage within the component is done: what was done since the last call, or
    /// since the frame began. The runtime looks at its clock; the times stand in
    /// `latency.json`. For a source nothing is noted.
    pub fn stage(&mut self, name: &'static str) {
        if let Some((clock, since)) = &mut self.clock {
            let (start, end) = (*since, clock.now_ns());
            *since = end;
            self.stages.push(StageNs { name, start, end });
        }
    }

    /// How long the components before this one took for this frame. Wall time: for
    /// display only, never for results.
    pub fn spans(&self) -> &[(&'a str, Span)] {
        self.spans
    }

    /// For observers: what the components before this one have told the user in this frame,
    /// each with the component's id. For display only, never for results.
    pub const fn told(&self) -> &'a [String] {
        self.told
    }

    pub(crate) fn into_parts(self) -> IoParts {
        IoParts {
            header: self.header,
            outputs: self.outputs,
            notices: self.notices,
            ended: self.ended,
            stages: self.stages,
        }
    }
}

/// What a component leaves behind for one frame.
pub(crate) struct IoParts {
    pub(crate) header: Option<Arc<Header>>,
    pub(crate) outputs: Vec<Option<AnyMsg>>,
    pub(crate) notices: Vec<String>,
    pub(crate) ended: bool,
    pub(crate) stages: Vec<StageNs>,
}
