//! Networks bound to fixed memory of the processor, through the real ONNX Runtime.

use delos_infer::gpu::{Accelerator, Host};
use delos_infer::{
    Binding, BoundTensor, Device, InferError, Model, OrtLibrary, Runtime, Session, SessionOptions,
    TensorShape,
};

/// `values` f32 [n, 3, w] to `largest` f32 [n, w] and `place` i64 [n, w].
const LARGEST: &[u8] = include_bytes!("data/largest.onnx");

/// `values` f16 [n, 3, w] to `largest` f16 [n, w].
const LARGEST_F16: &[u8] = include_bytes!("data/largest_f16.onnx");

/// ONNX Runtime, or a word that the test did not run. With `DELOS_REQUIRE_ORT` set its
/// absence is a failure.
fn runtime(test: &str) -> Option<&'static Runtime> {
    match OrtLibrary::find(None) {
        Ok(library) => Some(library.load().expect("a library that was set up loads")),
        Err(error) if std::env::var_os("DELOS_REQUIRE_ORT").is_some() => panic!("{error}"),
        Err(error) => {
            eprintln!("SKIPPED {test}: {error}");
            None
        }
    }
}

fn session(runtime: &Runtime, model: &[u8]) -> Session {
    Session::open(runtime, Model::Bytes(model), &SessionOptions::default()).expect("opens")
}

fn shape<'a>(name: &'a str, shape: &'a [usize]) -> TensorShape<'a> {
    TensorShape { name, shape }
}

/// The network bound with two images of two columns.
fn bound(runtime: &Runtime) -> Binding<Host> {
    let inputs = [shape("values", &[2, 3, 2])];
    let outputs = [shape("place", &[2, 2]), shape("largest", &[2, 2])];
    Binding::new(session(runtime, LARGEST), &Host, &inputs, &outputs).expect("bound")
}

fn fill(binding: &mut Binding<Host>, values: &[f32]) {
    let Some(BoundTensor::F32(input)) = binding.input(0) else { panic!("no f32 input") };
    Host.upload(values, input).expect("copied");
}

fn answers(binding: &Binding<Host>) -> ([i64; 4], [f32; 4]) {
    let (mut places, mut values) = ([-1; 4], [-1.0; 4]);
    let (Some(BoundTensor::I64(place)), Some(BoundTensor::F32(largest))) =
        (binding.output(0), binding.output(1))
    else {
        panic!("other types")
    };
    Host.download(place, &mut places).expect("copied");
    Host.download(largest, &mut values).expect("copied");
    (places, values)
}

#[test]
fn every_run_reads_and_writes_the_same_memory() {
    let Some(runtime) = runtime("every_run_reads_and_writes") else { return };
    let mut binding = bound(runtime);
    fill(&mut binding, &[1., 9., 2., 8., 3., 7., 6., 1., 5., 2., 4., 3.]);
    binding.run().expect("runs");
    assert_eq!(answers(&binding), ([2, 0, 0, 2], [3.0, 9.0, 6.0, 3.0]));
    for step in 0..50 {
        let base = step as f32;
        fill(&mut binding, &std::array::from_fn::<_, 12, _>(|i| base + i as f32));
        binding.run().expect("runs");
        assert_eq!(answers(&binding), ([2; 4], [4.0, 5.0, 10.0, 11.0].map(|value| value + base)));
    }
}

#[test]
fn the_answer_is_that_of_a_plain_run() {
    let Some(runtime) = runtime("the_answer_is_that_of_a_plain_run") else { return };
    let mut binding = bound(runtime);
    let mut plain = session(runtime, LARGEST);
    let values: Vec<f32> = (0..12).map(|i| (i as f32 * 0.7).sin()).collect();
    fill(&mut binding, &values);
    binding.run().expect("runs");
    let wanted = plain.run("values", &[2, 3, 2], &values, |outputs| {
        Ok::<_, InferError>(outputs.get("largest")?.data.to_vec())
    });
    assert_eq!(answers(&binding).1.to_vec(), wanted.expect("runs"));
}

#[test]
fn half_floats_are_bound_as_their_bits() {
    let Some(runtime) = runtime("half_floats_are_bound_as_their_bits") else { return };
    let session = session(runtime, LARGEST_F16);
    let (inputs, outputs) = ([shape("values", &[1, 3, 2])], [shape("largest", &[1, 2])]);
    let mut binding = Binding::new(session, &Host, &inputs, &outputs).expect("bound");
    let Some(BoundTensor::F16(input)) = binding.input(0) else { panic!("no f16 input") };
    // 1, -2, 0.5, 65504, 1.5, 0 as half floats.
    Host.upload(&[0x3c00, 0xc000, 0x3800, 0x7bff, 0x3e00, 0x0000], input).expect("copied");
    binding.run().expect("runs");
    let Some(BoundTensor::F16(output)) = binding.output(0) else { panic!("no f16 output") };
    let mut got = [0_u16; 2];
    Host.download(output, &mut got).expect("copied");
    assert_eq!(got, [0x3e00, 0x7bff]);
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let Some(runtime) = runtime("what_does_not_fit_is_refused") else { return };
    let values = shape("values", &[2, 3, 2]);
    let largest = shape("largest", &[2, 2]);
    for (inputs, outputs, wanted) in [
        (&[][..], &[largest][..], "input `values` f32[?, 3, ?] is not given"),
        (&[values, shape("more", &[1])], &[largest], "no input `more`"),
        (&[values], &[shape("most", &[2, 2])], "no output `most`"),
        (&[shape("values", &[2, 4, 2])], &[largest], "is not `values` [2, 4, 2]"),
        (&[shape("values", &[0, 3, 2])], &[largest], "has no extent"),
    ] {
        let error = Binding::new(session(runtime, LARGEST), &Host, inputs, outputs);
        let message = error.expect_err(wanted).to_string();
        assert!(message.contains(wanted), "{message}");
    }
    // The shape of the answer is known to the network alone: it tells when it runs.
    let inputs = [values];
    let binding =
        Binding::new(session(runtime, LARGEST), &Host, &inputs, &[shape("largest", &[2, 3])]);
    assert!(matches!(binding.expect("bound").run(), Err(InferError::Run { .. })));
}

#[test]
fn a_tensor_that_was_replaced_is_not_written_to() {
    let Some(runtime) = runtime("a_tensor_that_was_replaced") else { return };
    let mut binding = bound(runtime);
    let other = BoundTensor::F32(Host.buffer(12).expect("memory"));
    *binding.input(0).expect("an input") = other;
    let message = binding.run().expect_err("refused").to_string();
    assert!(message.contains("replaced"), "{message}");
}

#[test]
fn a_session_on_the_processor_has_the_processors_device() {
    let Some(runtime) = runtime("a_session_on_the_processor") else { return };
    assert_eq!(bound(runtime).session().device(), Device::Cpu);
}
