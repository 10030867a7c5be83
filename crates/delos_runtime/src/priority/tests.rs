use super::*;
use crate::{
    BuildContext, Component, ComponentResult, In, Io, LaunchFile, Out, PortList, Registry,
};
use delos_core::{Body, DigestHasher};
use serde::{Deserialize, Serialize};

#[derive(Clone, Default, Serialize, Deserialize)]
struct NoConfig {}

struct Nothing;

impl Body for Nothing {
    const NAME: &'static str = "nothing";
    fn digest(&self, _: &mut DigestHasher) {}
}

/// Brings frames in.
struct Begin;

impl Component for Begin {
    const KIND: &'static str = "begin";
    const ABOUT: &'static str = "Begins.";
    const ROLE: Role = Role::Source;
    type Config = NoConfig;
    type Ports = Out<Nothing>;

    fn ports(_: &NoConfig, list: &mut PortList) -> Self::Ports {
        list.output("y", "begun")
    }

    fn build(_: NoConfig, _: Self::Ports, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self)
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        io.end();
        Ok(())
    }
}

/// Reads one topic and writes another.
struct Step;

impl Component for Step {
    const KIND: &'static str = "step";
    const ABOUT: &'static str = "Goes on.";
    type Config = NoConfig;
    type Ports = (In<Nothing>, Out<Nothing>);

    fn ports(_: &NoConfig, list: &mut PortList) -> Self::Ports {
        (list.input("x", "begun"), list.output("y", "y"))
    }

    fn build(_: NoConfig, _: Self::Ports, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self)
    }

    fn process(&mut self, _: &mut Io<'_>) -> ComponentResult {
        Ok(())
    }
}

/// Looks on.
struct Watch;

impl Component for Watch {
    const KIND: &'static str = "watch";
    const ABOUT: &'static str = "Looks on.";
    const ROLE: Role = Role::Observer;
    type Config = NoConfig;
    type Ports = In<Nothing>;

    fn ports(_: &NoConfig, list: &mut PortList) -> Self::Ports {
        list.input("x", "begun")
    }

    fn build(_: NoConfig, _: Self::Ports, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self)
    }

    fn process(&mut self, _: &mut Io<'_>) -> ComponentResult {
        Ok(())
    }
}

const LAUNCH: &str = "name = \"fork\"
[node.begin]
kind = \"begin\"

[node.watch]
kind = \"watch\"

[node.light]
kind = \"step\"
writes = { y = \"light\" }

[node.long]
kind = \"step\"
writes = { y = \"long\" }

[node.after]
kind = \"step\"
reads = { x = \"long\" }
writes = { y = \"after\" }
";

fn plan() -> Plan {
    let kinds = Registry::default().with::<Begin>().with::<Step>().with::<Watch>();
    let launch = LaunchFile::parse(LAUNCH, "fork.toml".as_ref()).expect("valid");
    Plan::new(&launch, &kinds).expect("valid")
}

/// The components in their order.
fn order(plan: &Plan, priorities: &Priorities) -> Vec<String> {
    priorities.order().map(|node| plan.nodes[node].id.clone()).collect()
}

#[test]
fn the_longest_way_goes_first_and_observers_last() {
    let plan = plan();
    let mut priorities = Priorities::new(&plan);
    let unknown: Vec<&str> = plan.nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(order(&plan, &priorities), unknown, "the plan's order");
    for (id, ms) in [("light", 10), ("long", 4), ("after", 9), ("watch", 500), ("begin", 2)] {
        let node = plan.nodes.iter().position(|node| node.id == id).expect("there");
        priorities.learn(&plan, node, ms * 1_000_000);
    }
    // begin 2 + 13, long 4 + 9, light 10, after 9.
    assert_eq!(order(&plan, &priorities), ["begin", "long", "light", "after", "watch"]);
}

#[test]
fn what_changes_is_learnt() {
    let plan = plan();
    let mut priorities = Priorities::new(&plan);
    let node = |id: &str| plan.nodes.iter().position(|node| node.id == id).expect("there");
    priorities.learn(&plan, node("light"), 10_000);
    priorities.learn(&plan, node("long"), 20_000);
    assert_eq!(order(&plan, &priorities)[..2], ["begin", "long"]);
    for _ in 0..40 {
        priorities.learn(&plan, node("light"), 30_000);
    }
    assert_eq!(order(&plan, &priorities)[..2], ["begin", "light"]);
}
