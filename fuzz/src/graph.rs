//! A source and a stage that do nothing, so that launch files can name kinds that exist.

use delos_core::{Ego, PointCloud, Span};
use delos_runtime::{
    BuildContext, Component, ComponentResult, In, Io, Out, PortList, Registry, Role,
};
use serde::{Deserialize, Serialize};

/// The kinds `source` and `stage`.
pub fn registry() -> Registry {
    Registry::default().with::<Source>().with::<Stage>()
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    text: String,
    number: f64,
    list: Vec<i64>,
    maybe: Option<u8>,
}

struct Source;

impl Component for Source {
    const KIND: &'static str = "source";
    const ABOUT: &'static str = "Sends nothing.";
    const ROLE: Role = Role::Source;
    type Config = Config;
    type Ports = Out<PointCloud<Ego>>;

    fn ports(_: &Config, list: &mut PortList) -> Self::Ports {
        list.output("cloud", "cloud")
    }

    fn build(_: Config, _: Self::Ports, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self)
    }

    fn process(&mut self, _: &mut Io<'_>) -> ComponentResult {
        Ok(())
    }
}

struct Stage;

impl Component for Stage {
    const KIND: &'static str = "stage";
    const ABOUT: &'static str = "Does nothing.";
    type Config = Config;
    type Ports = (In<PointCloud<Ego>>, In<PointCloud<Ego>>, Out<PointCloud<Ego>>);

    fn ports(_: &Config, list: &mut PortList) -> Self::Ports {
        let max_age = Span::from_nanos(100_000_000);
        (
            list.input("cloud", "cloud"),
            list.latest("older", "other", max_age),
            list.output("kept", "kept"),
        )
    }

    fn build(_: Config, _: Self::Ports, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self)
    }

    fn process(&mut self, _: &mut Io<'_>) -> ComponentResult {
        Ok(())
    }
}
