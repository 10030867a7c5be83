//! Typed ports: where messages enter and leave a component.

use delos_core::{Body, Span};
use std::any::TypeId;
use std::marker::PhantomData;

/// A handle to an input of type `T`.
pub struct In<T> {
    pub(crate) index: usize,
    body: PhantomData<fn() -> T>,
}

/// A handle to an output of type `T`.
pub struct Out<T> {
    pub(crate) index: usize,
    body: PhantomData<fn(T)>,
}

impl<T> Clone for In<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for In<T> {}
impl<T> Clone for Out<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Out<T> {}

/// Which message of a topic an input takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    /// The message of the same frame.
    Exact,
    /// The newest message of the same sequence whose stamp is at most this old.
    Latest { max_age: Span },
}

/// What a component says about an input.
#[derive(Clone, Debug)]
pub struct InputPort {
    /// Name within the component.
    pub name: &'static str,
    /// Topic it reads where the launch file does not say otherwise.
    pub topic: String,
    /// What it carries, for people.
    pub type_name: &'static str,
    /// Whether the component works without it.
    pub optional: bool,
    pub(crate) type_id: TypeId,
    pub(crate) join: Join,
}

/// What a component says about an output.
#[derive(Clone, Debug)]
pub struct OutputPort {
    /// Name within the component.
    pub name: &'static str,
    /// Topic it writes where the launch file does not say otherwise.
    pub topic: String,
    /// What it carries, for people.
    pub type_name: &'static str,
    pub(crate) type_id: TypeId,
}

/// The ports of one component, in the order they were declared.
#[derive(Clone, Debug, Default)]
pub struct PortList {
    /// Where messages enter.
    pub inputs: Vec<InputPort>,
    /// Where messages leave.
    pub outputs: Vec<OutputPort>,
}

impl PortList {
    /// An input that must be wired; it takes the message of the same frame.
    pub fn input<T: Body>(&mut self, name: &'static str, topic: &str) -> In<T> {
        self.add(name, topic, false, Join::Exact)
    }

    /// An input that may stay unwired; it takes the message of the same frame.
    pub fn optional<T: Body>(&mut self, name: &'static str, topic: &str) -> In<T> {
        self.add(name, topic, true, Join::Exact)
    }

    /// An input that may stay unwired; it takes the newest message of the same sequence
    /// that is at most `max_age` older than the frame, whatever the order of arrival.
    pub fn latest<T: Body>(&mut self, name: &'static str, topic: &str, max_age: Span) -> In<T> {
        self.add(name, topic, true, Join::Latest { max_age })
    }

    fn add<T: Body>(
        &mut self,
        name: &'static str,
        topic: &str,
        optional: bool,
        join: Join,
    ) -> In<T> {
        self.inputs.push(InputPort {
            name,
            topic: topic.to_owned(),
            type_name: T::NAME,
            optional,
            type_id: TypeId::of::<T>(),
            join,
        });
        In { index: self.inputs.len() - 1, body: PhantomData }
    }

    /// An output.
    pub fn output<T: Body>(&mut self, name: &'static str, topic: &str) -> Out<T> {
        self.outputs.push(OutputPort {
            name,
            topic: topic.to_owned(),
            type_name: T::NAME,
            type_id: TypeId::of::<T>(),
        });
        Out { index: self.outputs.len() - 1, body: PhantomData }
    }
}
