//! What workers and the feeder share: frames under way, and what is ready.

use crate::component::{AnyComponent, Concurrency, Role};
use crate::error::RunError;
use crate::late::{Lateness, Outcome};
use crate::message::AnyMsg;
use crate::plan::Plan;
use crate::ports::Join;
use crate::priority::Priorities;
use crate::records::{Dropped, FrameRecord};
use crate::tick::{Done, Progress, Tick};
use delos_core::{Digest, Header, Span};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Why frames after a failure are not processed.
pub(crate) const FAILED: &str = "the run failed before their turn";

/// One node's work on one frame, ready to be done.
pub(crate) struct Job {
    pub(crate) seq: u64,
    pub(crate) node: usize,
    pub(crate) component: Box<dyn AnyComponent>,
    pub(crate) header: Arc<Header>,
    pub(crate) inputs: Vec<Option<AnyMsg>>,
    pub(crate) lateness: Lateness,
    pub(crate) timings: Vec<(usize, Span)>,
    pub(crate) deadlines: Vec<Outcome>,
    /// For observers: what the components before have told the user in this frame.
    pub(crate) told: Vec<String>,
}

/// Messages whose digest is to be noted.
pub(crate) struct DigestTask {
    pub(crate) seq: u64,
    pub(crate) node: usize,
    pub(crate) header: Arc<Header>,
    pub(crate) outputs: Vec<Option<AnyMsg>>,
}

/// Something for a worker to do.
pub(crate) enum Task {
    Job(Job),
    Digest(DigestTask),
}

/// What is under way. Frames are numbered by `seq`, in the order they were admitted.
pub(crate) struct State {
    ticks: BTreeMap<u64, Tick>,
    admitted: u64,
    pools: Vec<Vec<Box<dyn AnyComponent>>>,
    next: Vec<u64>,
    latest: Vec<BTreeMap<u64, AnyMsg>>,
    pub(crate) waiting: VecDeque<Tick>,
    digests: VecDeque<DigestTask>,
    running: usize,
    pub(crate) idle: usize,
    closed: bool,
    stop_at: Option<u64>,
    pub(crate) error: Option<RunError>,
    pub(crate) frames: Vec<(u64, FrameRecord)>,
    pub(crate) dropped: Vec<Dropped>,
    /// Everything the source delivered, dropped or not.
    pub(crate) delivered: Vec<(Arc<Header>, Digest)>,
    /// What components told the user, by frame.
    pub(crate) notices: BTreeMap<u64, Vec<(usize, String)>>,
    priorities: Priorities,
}

impl State {
    pub(crate) fn new(plan: &Plan, pools: Vec<Vec<Box<dyn AnyComponent>>>) -> Self {
        Self {
            ticks: BTreeMap::new(),
            admitted: 0,
            next: vec![0; plan.nodes.len()],
            latest: vec![BTreeMap::new(); plan.topics.len()],
            pools,
            waiting: VecDeque::new(),
            digests: VecDeque::new(),
            running: 0,
            idle: 0,
            closed: false,
            stop_at: None,
            error: None,
            frames: Vec::new(),
            dropped: Vec::new(),
            delivered: Vec::new(),
            notices: BTreeMap::new(),
            priorities: Priorities::new(plan),
        }
    }

    /// Takes a frame in.
    pub(crate) fn admit(&mut self, plan: &Plan, tick: Tick) -> u64 {
        let seq = self.admitted;
        self.admitted += 1;
        let source = plan.source();
        self.next[source] = seq + 1;
        self.remember(plan, seq, source, &tick);
        self.ticks.insert(seq, tick);
        seq
    }

    pub(crate) fn under_way(&self) -> usize {
        self.ticks.len()
    }

    /// No frame will be admitted any more.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stop_at.is_some()
    }

    /// The first failure in order of frames wins; later frames are given up.
    pub(crate) fn fail(&mut self, seq: u64, error: RunError) {
        if self.stop_at.is_none_or(|stop| seq < stop) {
            self.stop_at = Some(seq);
            self.error = Some(error);
        }
        let stop = self.stop_at.unwrap_or(0);
        let given_up = self.ticks.split_off(&stop);
        for tick in given_up.values().skip(usize::from(stop == seq)) {
            self.drop_frame(&tick.header, FAILED);
        }
        self.digests.retain(|task| task.seq < stop);
        self.give_up_waiting(FAILED);
    }

    /// Notes a frame that was read and will not be processed.
    pub(crate) fn drop_frame(&mut self, header: &Header, reason: &str) {
        self.dropped.push(Dropped {
            sequence: header.sequence.to_string(),
            frame: header.frame,
            stamp: header.stamp.as_nanos(),
            reason: reason.to_owned(),
        });
    }

    /// Drops every frame that waits for its turn.
    pub(crate) fn give_up_waiting(&mut self, reason: &str) {
        for tick in std::mem::take(&mut self.waiting) {
            self.drop_frame(&tick.header, reason);
        }
    }

    /// Complete frames in order; after a failure only those before it, whatever was done by
    /// then.
    pub(crate) fn take_frames(&mut self) -> Vec<FrameRecord> {
        let mut frames = std::mem::take(&mut self.frames);
        frames.sort_by_key(|(seq, _)| *seq);
        let stop = self.stop_at.unwrap_or(u64::MAX);
        let kept = frames.partition_point(|(seq, _)| *seq < stop);
        for (_, frame) in frames.split_off(kept) {
            self.drop_frame(&frame.header, FAILED);
        }
        frames.into_iter().map(|(_, frame)| frame).collect()
    }

    /// The source failed: frames that are under way are finished, none is added.
    pub(crate) fn fail_after_all(&mut self, error: RunError) {
        if self.stop_at.is_none() {
            self.stop_at = Some(u64::MAX);
            self.error = Some(error);
        }
        self.give_up_waiting(FAILED);
    }

    /// Nothing is under way and nothing will come.
    pub(crate) fn is_finished(&self) -> bool {
        (self.closed || self.is_stopping())
            && self.ticks.is_empty()
            && self.waiting.is_empty()
            && self.digests.is_empty()
            && self.running == 0
    }

    /// The ready job of the oldest frame; a digest first where its frame is older still.
    pub(crate) fn take_task(&mut self, plan: &Plan) -> Option<Task> {
        let ready = self.find_ready(plan);
        let digest = self.digests.front().map(|task| task.seq);
        let task = match (ready, digest) {
            (Some((seq, node)), digest) if digest.is_none_or(|digest| seq <= digest) => {
                Task::Job(self.take_job(plan, seq, node)?)
            }
            _ => Task::Digest(self.digests.pop_front()?),
        };
        self.running += 1;
        Some(task)
    }

    fn told(&self, plan: &Plan, seq: u64, node: usize) -> Vec<String> {
        if plan.nodes[node].role != Role::Observer {
            return Vec::new();
        }
        let here = self.notices.get(&seq).into_iter().flatten();
        here.map(|(from, text)| format!("{}: {text}", plan.nodes[*from].id)).collect()
    }

    /// Notes what a component tells the user.
    pub(crate) fn tell(&mut self, seq: u64, node: usize, texts: Vec<String>) {
        if !texts.is_empty() {
            let told = texts.into_iter().map(|text| (node, text));
            self.notices.entry(seq).or_default().extend(told);
        }
    }

    pub(crate) fn has_ready(&self, plan: &Plan) -> bool {
        self.find_ready(plan).is_some()
    }

    fn take_job(&mut self, plan: &Plan, seq: u64, node: usize) -> Option<Job> {
        let inputs = self.inputs_of(plan, seq, node);
        let has_newer = self.ticks.range(seq + 1..).next().is_some() || !self.waiting.is_empty();
        let tick = self.ticks.get_mut(&seq)?;
        let component = self.pools[node].pop()?;
        tick.progress[node] = Progress::Running;
        self.next[node] = self.next[node].max(seq + 1);
        let header = Arc::clone(&tick.header);
        let timings = tick.timings(plan, node);
        let deadlines = tick.deadlines(plan, node);
        let is_cut = tick.is_cut(plan, node);
        let lateness = Lateness { released_ns: tick.released_ns, is_cut, has_newer };
        let told = self.told(plan, seq, node);
        Some(Job { seq, node, component, header, inputs, lateness, timings, deadlines, told })
    }

    fn find_ready(&self, plan: &Plan) -> Option<(u64, usize)> {
        self.ticks.iter().find_map(|(seq, tick)| {
            let mut nodes = self.priorities.order();
            let node = nodes.find(|node| self.is_ready(plan, *seq, tick, *node))?;
            Some((*seq, node))
        })
    }

    fn is_ready(&self, plan: &Plan, seq: u64, tick: &Tick, node: usize) -> bool {
        let planned = &plan.nodes[node];
        tick.progress[node] == Progress::Pending
            && (planned.role != Role::Observer || tick.has_been_through(plan))
            && !self.pools[node].is_empty()
            && (planned.concurrency == Concurrency::PerFrame || self.next[node] == seq)
            && planned.inputs.iter().zip(&planned.ports.inputs).all(|(topic, port)| {
                topic.is_none_or(|topic| {
                    let writer = plan.writers[topic];
                    match port.join {
                        Join::Exact => tick.has_published(writer),
                        Join::Latest { .. } => {
                            self.ticks.range(..=seq).all(|(_, t)| t.has_published(writer))
                        }
                    }
                })
            })
    }

    fn inputs_of(&self, plan: &Plan, seq: u64, node: usize) -> Vec<Option<AnyMsg>> {
        let Some(tick) = self.ticks.get(&seq) else { return Vec::new() };
        let planned = &plan.nodes[node];
        let ports = planned.inputs.iter().zip(&planned.ports.inputs);
        ports
            .map(|(topic, port)| match port.join {
                Join::Exact => tick.topics[(*topic)?].clone(),
                Join::Latest { max_age } => self.newest((*topic)?, seq, tick, max_age),
            })
            .collect()
    }

    fn newest(&self, topic: usize, seq: u64, tick: &Tick, max_age: Span) -> Option<AnyMsg> {
        let (_, message) = self.latest[topic].range(..=seq).next_back()?;
        let age = tick.header.stamp - message.header.stamp;
        let fits = message.header.sequence == tick.header.sequence && age <= max_age;
        fits.then(|| message.clone())
    }

    /// Puts a component back where jobs take it from.
    pub(crate) fn give_back(&mut self, node: usize, component: Box<dyn AnyComponent>) {
        self.pools[node].push(component);
    }

    /// Publishes what a job left behind; its digest is noted later.
    pub(crate) fn publish(
        &mut self,
        plan: &Plan,
        seq: u64,
        node: usize,
        outputs: Vec<Option<AnyMsg>>,
        done: Done,
    ) {
        let Some(mut tick) = self.ticks.remove(&seq) else { return };
        if !done.skipped {
            self.priorities.learn(plan, node, done.span.end - done.span.start);
        }
        tick.publish(plan, node, &outputs, done);
        self.remember(plan, seq, node, &tick);
        let header = Arc::clone(&tick.header);
        self.digests.push_back(DigestTask { seq, node, header, outputs });
        self.ticks.insert(seq, tick);
    }

    /// Keeps messages of topics that somebody joins by stamp.
    fn remember(&mut self, plan: &Plan, seq: u64, node: usize, tick: &Tick) {
        let oldest = self.ticks.keys().next().copied().unwrap_or(seq).min(seq);
        for topic in &plan.nodes[node].outputs {
            if !plan.joined_by_stamp[*topic] {
                continue;
            }
            let kept = &mut self.latest[*topic];
            if let Some(message) = &tick.topics[*topic] {
                kept.insert(seq, message.clone());
            }
            // The newest message at or before the oldest frame under way is still needed.
            if let Some((&needed, _)) = kept.range(..=oldest).next_back() {
                *kept = kept.split_off(&needed);
            }
        }
    }

    /// A worker has done what it had taken.
    pub(crate) fn task_over(&mut self) {
        self.running -= 1;
    }

    /// Notes a digest; a complete frame leaves. Returns whether one left.
    pub(crate) fn record(&mut self, plan: &Plan, seq: u64, node: usize, digest: Digest) -> bool {
        let Some(tick) = self.ticks.get_mut(&seq) else { return false };
        tick.record(node, digest);
        if !tick.is_complete() {
            return false;
        }
        if let Some(tick) = self.ticks.remove(&seq) {
            self.frames.push((seq, tick.into_record(plan)));
        }
        true
    }

    /// The components, for their last call.
    pub(crate) fn take_pools(&mut self) -> Vec<Vec<Box<dyn AnyComponent>>> {
        std::mem::take(&mut self.pools)
    }
}
