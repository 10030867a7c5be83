//! A corpus of broken launch files and the messages they get.

use crate::common::{LAUNCH, NoConfig, Number, plan, registry};
use delos_runtime::{
    BuildContext, Component, ComponentResult, In, Io, LaunchFile, Out, Plan, PortList, Role, dot,
    mermaid,
};

const SOURCE: &str = "[node.source]\nkind = \"count\"\n";

#[test]
fn broken_launch_files_are_refused_with_the_reason() {
    let table: &[(&str, &str)] = &[
        ("name = \"x\"", "there is no source"),
        ("[node.a]\nkind = \"cont\"", "test.toml:2: unknown kind `cont`; did you mean `count`?"),
        ("[node.a]\nkind = \"count\"\n[node.b]\nkind = \"count\"", "two sources, `a` and `b`"),
        (
            "[node.a]\nkind = \"count\"\nframse = 3",
            "test.toml:3: node `a` (count): unknown key `framse`; did you mean `frames`?",
        ),
        ("[node.a]\nkind = \"count\"\nframes = \"many\"", "invalid type: string"),
        (
            "[node.a]\nkind = \"count\"\nwrites = { numbre = \"x\" }",
            "test.toml:3: `a` has no port `numbre` in `writes`; did you mean `number`?",
        ),
        ("[node.a]\nkind = \"times\"", "there is no source"),
    ];
    for (text, wanted) in table {
        let message = plan(text, &[]).expect_err(text).to_string();
        assert!(message.contains(wanted), "{text:?} gave {message:?}, wanted {wanted:?}");
    }
}

#[test]
fn broken_wiring_is_refused_with_the_reason() {
    let table: &[(&str, &str)] = &[
        (
            "[node.t]\nkind = \"times\"\nreads = { number = \"numbers\" }",
            "test.toml:5: input `number` of `t` reads topic `numbers`, which nobody writes; did you mean `number`?",
        ),
        ("[node.s]\nkind = \"sum\"", "input `product` of `s` reads topic `product`"),
        (
            "[node.t]\nkind = \"times\"\n[node.u]\nkind = \"times\"",
            "topic `product` has two writers, `t` and `u`",
        ),
        (
            "[node.t]\nkind = \"times\"\nreads = { number = \"rare\" }",
            "topic `rare` carries text from `source`, but input `number` of `t` wants number",
        ),
        (
            "[node.t]\nkind = \"times\"\nreads = { number = \"b\" }\nwrites = { product = \"a\" }\n\
             [node.u]\nkind = \"times\"\nreads = { number = \"a\" }\nwrites = { product = \"b\" }",
            "the graph has a cycle: t -> u -> t",
        ),
        ("[node.s]\nkind = \"sum\"\nreplicas = 2", "`replicas` must be 1, not 2"),
        (
            "[node.s]\nkind = \"sum\"\nreads = { rare = \"nothing\", product = \"number\" }",
            "reads topic `nothing`",
        ),
        ("[run]\nrate = -1.0", "`rate` must be a positive number"),
        ("[run]\npace = \"fast\"", "unknown variant `fast`"),
    ];
    for (text, wanted) in table {
        let whole = format!("{SOURCE}{text}");
        let message = plan(&whole, &[]).expect_err(text).to_string();
        assert!(message.contains(wanted), "{whole:?} gave {message:?}, wanted {wanted:?}");
    }
}

#[test]
fn what_the_runtime_reads_of_a_node_can_be_overridden() {
    let sets = ["double.replicas=2", "double.writes.product=product", "sum.reads.rare=rare"];
    let plan = plan(LAUNCH, &sets).expect("valid");
    let double = plan.nodes.iter().find(|node| node.id == "double").expect("a node");
    assert_eq!(double.replicas, 2);
    let message =
        crate::common::plan(LAUNCH, &["double.replicas=0"]).expect_err("none").to_string();
    assert!(message.starts_with("--set double.replicas=0: `replicas` must be"), "{message}");
}

#[test]
fn an_innocent_override_is_not_blamed() {
    let text = LAUNCH.replace("sleep_us = 300", "slep_us = 300");
    let message = plan(&text, &["double.factor=3"]).expect_err("a typo").to_string();
    assert!(message.starts_with("test.toml:8: ") && message.contains("`slep_us`"), "{message}");
}

#[test]
fn mistakes_in_the_run_settings_name_their_line() {
    let text = format!("name = \"x\"\n[run]\nworkers = 1\nrate = 0.0\n{SOURCE}");
    let message = plan(&text, &[]).expect_err("no rate").to_string();
    assert!(message.starts_with("test.toml:4: `rate` must be"), "{message}");
}

#[test]
fn overrides_are_checked_too() {
    let message = plan(LAUNCH, &["double.factr=1"]).expect_err("unknown key").to_string();
    assert!(message.starts_with("--set double.factr=1: "), "{message}");
    assert!(message.contains("did you mean `factor`?"), "{message}");
}

#[test]
fn the_graph_can_be_drawn() {
    let plan = plan(LAUNCH, &[]).expect("valid");
    let text = mermaid(&plan);
    assert!(text.contains("source -- \"number\" --> double"), "{text}");
    assert!(text.contains("watch[/\"watch<br/><i>look</i>\"/]"), "{text}");
    assert!(dot(&plan).contains("\"sum\" -> \"watch\" [label=\"sum\\ntext\"]"), "{}", dot(&plan));
}

/// An observer that says something.
struct Chatty;

impl Component for Chatty {
    const KIND: &'static str = "chatty";
    const ABOUT: &'static str = "Looks on and says so.";
    const ROLE: Role = Role::Observer;
    type Config = NoConfig;
    type Ports = (In<Number>, Out<Number>);

    fn ports(_: &NoConfig, list: &mut PortList) -> Self::Ports {
        (list.input("number", "number"), list.output("said", "said"))
    }

    fn build(_: NoConfig, _: Self::Ports, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self)
    }

    fn process(&mut self, _: &mut Io<'_>) -> ComponentResult {
        Ok(())
    }
}

#[test]
fn what_waits_for_an_observer_would_wait_for_ever() {
    let plan = |reader: &str| {
        let text = format!("{SOURCE}[node.c]\nkind = \"chatty\"\n{reader}");
        let launch = LaunchFile::parse(&text, "test.toml".as_ref()).expect("valid");
        Plan::new(&launch, &registry().with::<Chatty>())
    };
    let stage = "[node.t]\nkind = \"times\"\nreads = { number = \"said\" }";
    let message = plan(stage).expect_err("a stage").to_string();
    assert!(message.contains("`t` reads topic `said` of the observer `c`"), "{message}");
    let observer =
        "[node.d]\nkind = \"chatty\"\nreads = { number = \"said\" }\nwrites = { said = \"more\" }";
    assert!(plan(observer).is_ok(), "observers may read each other");
}
