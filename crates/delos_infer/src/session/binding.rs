//! A network bound to fixed memory, on the processor or on a GPU.

mod homes;
mod raw;
mod tensor;

pub use tensor::{BoundTensor, TensorShape};

use super::{Session, run_error_text};
use crate::gpu::{InPlace, Memory};
use crate::tensor::in_words;
use crate::{Device, InferError, TensorInfo};
use homes::check_homes;
use tensor::Element;

/// A network whose inputs and outputs lie in memory of its own, always at the same place: a run takes its
/// numbers from there and leaves its answer there, copies nothing and allocates nothing. The same code serves
/// the processor ([`Host`](crate::gpu::Host)) and a GPU ([`Cuda`](crate::gpu::Cuda)).
///
/// On a GPU the session is one that was opened on the stream of the same [`Cuda`](crate::gpu::Cuda)
/// ([`Session::open_on`]): a run has been asked for, not done, when [`Binding::run`] returns, and what is asked of
/// that stream afterwards comes after it.
#[derive(Debug)]
pub struct Binding<A: InPlace> {
    // Dropped in this order: what points to the tensors and the session goes first.
    bound: raw::Bound,
    inputs: Vec<Place<A>>,
    outputs: Vec<Place<A>>,
    session: Session,
}

/// A tensor, and where it was when it was bound.
#[derive(Debug)]
struct Place<A: InPlace> {
    tensor: BoundTensor<A>,
    address: u64,
    len: usize,
    element: Element,
}

impl<A: InPlace> Binding<A> {
    /// Allocates memory for the tensors named, of the types that the network says, zeroed, and binds them. All
    /// inputs must be named; of the outputs those that are wanted.
    ///
    /// # Errors
    /// [`InferError::TensorName`] and [`InferError::Binding`] when the network has no such tensors, or was not opened
    /// on the stream of `on`, [`InferError::Device`] when it runs elsewhere than where the memory lies,
    /// [`InferError::Elsewhere`] when it takes single tensors from elsewhere, [`InferError::Gpu`] when there is not
    /// enough memory.
    pub fn new(
        session: Session,
        on: &A,
        inputs: &[TensorShape<'_>],
        outputs: &[TensorShape<'_>],
    ) -> Result<Self, InferError> {
        check_device(&session, on.memory())?;
        check_stream(&session, on)?;
        if on.memory() != Memory::Host {
            check_homes(&session, on.memory(), raw::Side::Input, inputs)?;
            check_homes(&session, on.memory(), raw::Side::Output, outputs)?;
        }
        let absent = |info: &&TensorInfo| inputs.iter().all(|given| given.name != info.name);
        if let Some(info) = session.inputs().iter().find(absent) {
            return Err(refused(&session, format!("input {info} is not given")));
        }
        let bound = raw::Bound::new(&session.inner, session.is_on_stream_of(on));
        let mut bound = bound.map_err(|cause| refused(&session, cause))?;
        let mut bind_all = |side, shapes: &[TensorShape<'_>]| {
            let places = shapes.iter().map(|shape| bind(&mut bound, &session, on, side, shape));
            places.collect::<Result<Vec<_>, _>>()
        };
        let inputs = bind_all(raw::Side::Input, inputs)?;
        let outputs = bind_all(raw::Side::Output, outputs)?;
        Ok(Self { bound, inputs, outputs, session })
    }

    /// Runs the network on what the inputs hold.
    ///
    /// # Errors
    /// [`InferError::Run`] when ONNX Runtime fails, [`InferError::Binding`] when a tensor is no longer where it
    /// was bound.
    #[expect(unsafe_code, reason = "ONNX Runtime reads and writes at the addresses it was told")]
    pub fn run(&mut self) -> Result<(), InferError> {
        if let Some(moved) = self.inputs.iter().chain(&self.outputs).find(|place| place.has_moved())
        {
            let cause = format!("a tensor of {} values was replaced by another one", moved.len);
            return Err(refused(&self.session, cause));
        }
        let Self { bound, session, .. } = self;
        if session.device() == Device::Cpu {
            // The processor keeps to no stream: it begins when all that was asked for before is there.
            session.wait_for_stream()?;
        }
        // SAFETY: the tensors are alive, since this owns them, and they are where they were bound, as was
        // asked just now; `bound` was made for this session.
        let run = unsafe { bound.run(&mut session.inner) };
        run.map_err(|cause| run_error_text(&session.model, &cause))
    }

    /// An input, by its place in the list that was given. To be filled, not to be replaced.
    pub fn input(&mut self, place: usize) -> Option<&mut BoundTensor<A>> {
        self.inputs.get_mut(place).map(|place| &mut place.tensor)
    }

    /// An output, by its place in the list that was given.
    pub fn output(&self, place: usize) -> Option<&BoundTensor<A>> {
        self.outputs.get(place).map(|place| &place.tensor)
    }

    /// The network.
    pub const fn session(&self) -> &Session {
        &self.session
    }
}

impl<A: InPlace> Drop for Binding<A> {
    fn drop(&mut self) {
        // A run that was asked for still uses the session and the tensors. A failure was another call's.
        let _failed_already = self.session.wait_for_stream();
    }
}

impl<A: InPlace> Place<A> {
    fn has_moved(&self) -> bool {
        let Self { tensor, address, len, element } = self;
        (tensor.address(), tensor.len(), tensor.element()) != (*address, *len, *element)
    }
}

/// Allocates a tensor and binds it.
#[expect(unsafe_code, reason = "ONNX Runtime is told an address")]
fn bind<A: InPlace>(
    bound: &mut raw::Bound,
    session: &Session,
    on: &A,
    side: raw::Side,
    given: &TensorShape<'_>,
) -> Result<Place<A>, InferError> {
    let info = info_of(session, side, given)?;
    let len = given.len().ok_or_else(|| refused(session, format!("{given} has no extent")))?;
    let tensor = BoundTensor::new(on, &info.element, len)?
        .ok_or_else(|| refused(session, format!("{info} cannot be bound")))?;
    let (address, element) = (tensor.address(), tensor.element());
    let (place, bytes) = (on.memory(), len * element.bytes());
    let memory = raw::Memory { place, address, bytes, shape: given.shape, element };
    // SAFETY: `InPlace` promises memory for `len` values there for as long as the tensor is not dropped; it
    // goes into the `Binding`, which drops `bound` first.
    let done = unsafe { bound.bind(side, given.name, &memory) };
    done.map_err(|cause| refused(session, cause))?;
    Ok(Place { tensor, address, len, element })
}

/// What the network says of a tensor, which must fit what is asked for.
fn info_of<'a>(
    session: &'a Session,
    side: raw::Side,
    given: &TensorShape<'_>,
) -> Result<&'a TensorInfo, InferError> {
    let known = match side {
        raw::Side::Input => session.inputs(),
        raw::Side::Output => session.outputs(),
    };
    let Some(info) = known.iter().find(|info| info.name == given.name) else {
        return Err(InferError::TensorName {
            model: session.model.clone(),
            side: side.name(),
            wanted: given.name.to_owned(),
            known: in_words(known),
        });
    };
    // Some exporters leave the shape of outputs out altogether.
    let fits = info.accepts(given.shape) || (side == raw::Side::Output && info.shape.is_empty());
    if fits {
        Ok(info)
    } else {
        Err(refused(session, format!("{} {info} is not {given}", side.name())))
    }
}

fn check_device(session: &Session, memory: Memory) -> Result<(), InferError> {
    let fits = match (session.device(), memory) {
        (Device::Cpu, Memory::Host) => true,
        (Device::Cuda(number) | Device::TensorRt(number), Memory::Cuda(place)) => number == place,
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let cause = match memory {
        Memory::Host => "its tensors would lie in the processor's memory".to_owned(),
        Memory::Cuda(number) => format!("its tensors would lie on the GPU cuda:{number}"),
    };
    Err(InferError::Device { device: session.device(), cause })
}

/// Runs and copies follow each other on one stream alone.
fn check_stream(session: &Session, on: &impl InPlace) -> Result<(), InferError> {
    if on.stream().is_none() || session.stream_handle() == on.stream() {
        return Ok(());
    }
    Err(refused(session, "it was opened on another stream than that of its tensors".to_owned()))
}

fn refused(session: &Session, cause: String) -> InferError {
    InferError::Binding { model: session.model.clone(), cause }
}
