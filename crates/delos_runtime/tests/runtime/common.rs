//! Made-up components for the tests of the runtime.

use delos_core::{Body, DigestHasher, Header, Parts, Span, Stamp};
use delos_runtime::{
    BuildContext, Cancel, Component, ComponentResult, Concurrency, In, Io, LaunchError, LaunchFile,
    MonotonicClock, Out, Plan, PortList, Registry, Role, RunReport,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A number as a message.
#[derive(Debug)]
pub(crate) struct Number(pub(crate) i64);

/// A number of which no digest can be made.
const UNFIT: i64 = -1_000_000_007;

impl Body for Number {
    const NAME: &'static str = "number";
    fn digest(&self, hasher: &mut DigestHasher) {
        assert!(self.0 != UNFIT, "no digest of this one");
        hasher.i64(self.0);
    }
}

/// A text as a message.
#[derive(Debug)]
pub(crate) struct Text(pub(crate) String);

impl Body for Text {
    const NAME: &'static str = "text";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.text(&self.0);
    }
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CountConfig {
    pub(crate) frames: u32,
    pub(crate) per_sequence: u32,
    /// Every `rare`-th frame carries a text.
    pub(crate) rare: u32,
    pub(crate) fail_at: i64,
    /// The digest of this frame's number panics.
    pub(crate) unfit_at: i64,
}

impl Default for CountConfig {
    fn default() -> Self {
        Self { frames: 40, per_sequence: 25, rare: 3, fail_at: -1, unfit_at: -1 }
    }
}

/// Counts frames at 10 Hz.
pub(crate) struct Count {
    config: CountConfig,
    ports: (Out<Number>, Out<Text>),
    tick: u32,
}

impl Component for Count {
    const KIND: &'static str = "count";
    const ABOUT: &'static str = "Counts frames.";
    const ROLE: Role = Role::Source;
    type Config = CountConfig;
    type Ports = (Out<Number>, Out<Text>);

    fn ports(_: &CountConfig, list: &mut PortList) -> Self::Ports {
        (list.output("number", "number"), list.output("rare", "rare"))
    }

    fn build(config: CountConfig, ports: Self::Ports, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self { config, ports, tick: 0 })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        if self.tick == self.config.frames {
            io.end();
            return Ok(());
        }
        if i64::from(self.tick) == self.config.fail_at {
            return Err("the disk has gone".into());
        }
        let frame = self.tick % self.config.per_sequence;
        io.begin(Arc::new(Header {
            sequence: format!("{:04}", self.tick / self.config.per_sequence).into(),
            frame,
            stamp: Stamp::from_nanos(i64::from(frame) * 100_000_000),
            tick: u64::from(self.tick),
            scene: 0,
        }));
        let is_unfit = i64::from(self.tick) == self.config.unfit_at;
        io.put(self.ports.0, Number(if is_unfit { UNFIT } else { i64::from(self.tick) }));
        if frame.is_multiple_of(self.config.rare) {
            io.put(self.ports.1, Text(format!("frame {frame}")));
        }
        self.tick += 1;
        Ok(())
    }
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TimesConfig {
    pub(crate) factor: i64,
    pub(crate) fail_at: i64,
    pub(crate) panic_at: i64,
    pub(crate) sleep_us: u64,
}

impl Default for TimesConfig {
    fn default() -> Self {
        Self { factor: 2, fail_at: -1, panic_at: -1, sleep_us: 0 }
    }
}

/// Multiplies; each frame stands for itself.
pub(crate) struct Times {
    config: TimesConfig,
    ports: (In<Number>, Out<Number>),
}

impl Component for Times {
    const KIND: &'static str = "times";
    const ABOUT: &'static str = "Multiplies a number.";
    const CONCURRENCY: Concurrency = Concurrency::PerFrame;
    type Config = TimesConfig;
    type Ports = (In<Number>, Out<Number>);

    fn ports(_: &TimesConfig, list: &mut PortList) -> Self::Ports {
        (list.input("number", "number"), list.output("product", "product"))
    }

    fn build(config: TimesConfig, ports: Self::Ports, _: &BuildContext) -> ComponentResult<Self> {
        if config.factor == 0 {
            return Err("factor 0 loses everything".into());
        }
        Ok(Self { config, ports })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let Some(number) = io.get(self.ports.0) else { return Err("no number".into()) };
        if number.0 == self.config.fail_at {
            return Err(format!("{} is unlucky", number.0).into());
        }
        assert!(number.0 != self.config.panic_at, "panic on demand");
        // Uneven work, so that frames overtake each other.
        std::thread::sleep(std::time::Duration::from_micros(
            self.config.sleep_us * (number.0 % 3) as u64,
        ));
        io.put(self.ports.1, Number(number.0 * self.config.factor));
        Ok(())
    }
}

/// Adds up, in order, and joins the rare topic by stamp.
pub(crate) struct Sum {
    ports: SumPorts,
    sum: i64,
}

#[derive(Clone)]
pub(crate) struct SumPorts {
    number: In<Number>,
    product: In<Number>,
    rare: In<Text>,
    sum: Out<Text>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NoConfig {}

impl Component for Sum {
    const KIND: &'static str = "sum";
    const ABOUT: &'static str = "Adds numbers up.";
    type Config = NoConfig;
    type Ports = SumPorts;

    fn ports(_: &NoConfig, list: &mut PortList) -> Self::Ports {
        SumPorts {
            number: list.input("number", "number"),
            product: list.input("product", "product"),
            rare: list.latest("rare", "rare", Span::from_millis(100)),
            sum: list.output("sum", "sum"),
        }
    }

    fn build(_: NoConfig, ports: Self::Ports, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self { ports, sum: 0 })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        io.part("add");
        let number = io.get(self.ports.number).map_or(0, |m| m.0);
        self.sum += number + io.get(self.ports.product).map_or(0, |m| m.0);
        let rare = io.get(self.ports.rare).map_or_else(|| "none".to_owned(), |m| m.0.clone());
        io.put(self.ports.sum, Text(format!("{} {rare}", self.sum)));
        if number == 5 {
            io.notice("five has been seen");
            io.part("tell");
            io.part("add");
        }
        Ok(())
    }
}

/// Looks on and writes down what it sees.
pub(crate) struct Look {
    ports: In<Text>,
    seen: Arc<std::sync::Mutex<Vec<String>>>,
}

/// What [`Look`] has seen.
#[derive(Default)]
pub(crate) struct Seen(pub(crate) Arc<std::sync::Mutex<Vec<String>>>);

impl Component for Look {
    const KIND: &'static str = "look";
    const ABOUT: &'static str = "Looks on.";
    const ROLE: Role = Role::Observer;
    type Config = NoConfig;
    type Ports = In<Text>;

    fn ports(_: &NoConfig, list: &mut PortList) -> Self::Ports {
        list.input("sum", "sum")
    }

    fn build(_: NoConfig, ports: Self::Ports, context: &BuildContext) -> ComponentResult<Self> {
        let seen = context.get::<Seen>().map(|seen| Arc::clone(&seen.0)).unwrap_or_default();
        Ok(Self { ports, seen })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let text = io.get(self.ports).map_or_else(String::new, |m| m.0.clone());
        assert!(io.spans().iter().any(|(id, _)| *id == "end_to_end"));
        self.seen.lock().expect("no poison").push(text);
        Ok(())
    }

    fn finish(&mut self) -> ComponentResult {
        self.seen.lock().expect("no poison").push("finished".to_owned());
        Ok(())
    }
}

/// A launch file with every component above.
pub(crate) const LAUNCH: &str = "name = \"test\"
[node.source]
kind = \"count\"

[node.double]
kind = \"times\"
replicas = 3
sleep_us = 300

[node.sum]
kind = \"sum\"

[node.watch]
kind = \"look\"
";

/// Kinds of this file.
pub(crate) fn registry() -> Registry {
    Registry::default().with::<Count>().with::<Times>().with::<Sum>().with::<Look>()
}

/// Parses `text` with overrides and checks it.
pub(crate) fn plan(text: &str, sets: &[&str]) -> Result<Plan, LaunchError> {
    let mut launch = LaunchFile::parse(text, "test.toml".as_ref())?;
    for set in sets {
        launch.set(set)?;
    }
    Plan::new(&launch, &registry())
}

/// Runs [`LAUNCH`] with overrides; returns the report and what the observer saw.
pub(crate) fn run(sets: &[&str]) -> (RunReport, Vec<String>) {
    let plan = plan(LAUNCH, sets).expect("a valid launch file");
    let seen = Arc::new(Seen::default());
    let context = BuildContext::new(".").with(Arc::clone(&seen));
    let clock = MonotonicClock::start();
    let report = delos_runtime::run(&plan, &context, &clock, &Cancel::default(), &|_| {})
        .expect("components start");
    let seen = seen.0.lock().expect("no poison").clone();
    (report, seen)
}
