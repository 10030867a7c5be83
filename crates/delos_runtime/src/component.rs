//! What a component is.

use crate::build::BuildContext;
use crate::clock::Clock;
use crate::error::Cause;
use crate::late::DeadlineOutcome;
use crate::message::AnyMsg;
use crate::ports::{In, Out, PortList};
use crate::records::{PartNs, SpanNs};
use delos_core::{Body, DevicePart, Header, Msg, Parts, Span};
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
    deadlines: &'a [DeadlineOutcome<'a>],
    notices: Vec<String>,
    clock: Option<&'a dyn Clock>,
    parts: Vec<PartNs>,
    ended: bool,
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
            deadlines: &[],
            notices: vec![],
            clock: None,
            parts: vec![],
            ended: false,
        }
    }

    /// The clock by which parts of the work are measured.
    pub(crate) const fn with_clock(mut self, clock: &'a dyn Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    pub(crate) const fn with_told(mut self, told: &'a [String]) -> Self {
        self.told = told;
        self
    }

    pub(crate) const fn with_deadlines(mut self, deadlines: &'a [DeadlineOutcome<'a>]) -> Self {
        self.deadlines = deadlines;
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

    /// For observers: what became of the deadlines of the components before this one, and of the
    /// chain's. Wall time: for display only, never for results.
    pub const fn deadlines(&self) -> &'a [DeadlineOutcome<'a>] {
        self.deadlines
    }

    pub(crate) fn into_parts(self) -> IoParts {
        IoParts {
            header: self.header,
            outputs: self.outputs,
            notices: self.notices,
            parts: self.parts,
            ended: self.ended,
        }
    }
}

/// Components name the parts of their work; the runtime measures them.
impl Parts for Io<'_> {
    fn part(&mut self, name: &'static str) {
        let Some(clock) = self.clock else { return };
        let now = clock.now_ns();
        if let Some(before) = self.parts.last_mut() {
            before.span.end = now;
        }
        let span = SpanNs { start: now, end: now };
        self.parts.push(PartNs { name, span, bytes: 0, operations: 0 });
    }

    fn load(&mut self, bytes: u64, operations: u64) {
        if let Some(part) = self.parts.last_mut() {
            part.bytes += bytes;
            part.operations += operations;
        }
    }

    fn device_parts(&mut self, parts: &[DevicePart]) {
        let Some(clock) = self.clock else { return };
        let end = clock.now_ns();
        let Some(asked) = self.asked_since() else { return };
        let signed = |nanos: u64| i64::try_from(nanos).unwrap_or(i64::MAX);
        let all = parts.iter().map(|part| signed(part.end())).max().unwrap_or(0);
        // The two clocks may disagree: nothing begins before the first of it was asked for, or ends after now.
        let zero = end.saturating_sub(all).max(asked);
        let at = |nanos: u64| zero.saturating_add(signed(nanos)).min(end);
        let begun = parts.first().map_or(end, |part| at(part.start));
        for before in &mut self.parts {
            before.span =
                SpanNs { start: before.span.start.min(begun), end: before.span.end.min(begun) };
        }
        if let Some(present) = self.parts.last_mut() {
            present.span.end = begun;
        }
        let told = parts.iter().map(|part| {
            let span = SpanNs { start: at(part.start), end: at(part.end()) };
            PartNs { name: part.name, span, bytes: part.bytes, operations: 0 }
        });
        self.parts.extend(told);
    }
}

impl Io<'_> {
    /// Since when a device may have been at work: the first part of the present one's name.
    fn asked_since(&self) -> Option<i64> {
        let name = self.parts.last()?.name;
        self.parts.iter().find(|part| part.name == name).map(|part| part.span.start)
    }
}

/// What a component leaves behind for one frame.
pub(crate) struct IoParts {
    pub(crate) header: Option<Arc<Header>>,
    pub(crate) outputs: Vec<Option<AnyMsg>>,
    pub(crate) notices: Vec<String>,
    pub(crate) parts: Vec<PartNs>,
    pub(crate) ended: bool,
}

impl IoParts {
    /// The parts of the work, the last of which ends with the work itself.
    pub(crate) fn take_parts(&mut self, end_ns: i64) -> Vec<PartNs> {
        let mut parts = std::mem::take(&mut self.parts);
        if let Some(last) = parts.last_mut() {
            last.span.end = end_ns;
        }
        parts
    }
}

#[cfg(test)]
mod tests;
