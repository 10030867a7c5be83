use super::*;
use crate::models::ModelStore;

/// A message out of fields that hold bytes.
fn message(parts: &[(u64, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, bytes) in parts {
        put_bytes(&mut out, *number, bytes);
    }
    out
}

/// A dimension that is a length (`dim_value` below 128).
fn length(value: u8) -> Vec<u8> {
    vec![0x08, value]
}

/// An input or output with these dimensions.
fn value(name: &str, dims: &[Vec<u8>]) -> Vec<u8> {
    let dims: Vec<(u64, &[u8])> = dims.iter().map(|dim| (SHAPE_DIM, dim.as_slice())).collect();
    // The type of the elements, f32, comes before the shape.
    let tensor = [&[0x08, 1][..], &message(&[(TENSOR_TYPE_SHAPE, &message(&dims))])].concat();
    message(&[(VALUE_NAME, name.as_bytes()), (VALUE_TYPE, &message(&[(TYPE_TENSOR, &tensor)]))])
}

fn axis(name: &str) -> Vec<u8> {
    message(&[(DIM_NAME, name.as_bytes())])
}

/// A constant of whole numbers.
fn shape(name: &str, values: &[i64]) -> Vec<u8> {
    let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let head = [0x08, values.len() as u8, 0x10, 7];
    [&head[..], &message(&[(TENSOR_NAME, name.as_bytes()), (TENSOR_RAW, &raw)])].concat()
}

fn node(operator: &str, inputs: &[&str]) -> Vec<u8> {
    let inputs: Vec<(u64, &[u8])> =
        inputs.iter().map(|name| (NODE_INPUT, name.as_bytes())).collect();
    [message(&inputs), message(&[(NODE_OPERATOR, operator.as_bytes())])].concat()
}

struct Made {
    input: Vec<Vec<u8>>,
    output: Vec<Vec<u8>>,
    reshape: Vec<i64>,
    resize: Vec<&'static str>,
    between: bool,
}

impl Made {
    fn fixed() -> Self {
        Self {
            input: [1, 3, 64, 32].map(length).to_vec(),
            output: [1, 42, 85].map(length).to_vec(),
            reshape: vec![1, 85, -1],
            resize: vec!["x", "", "scales"],
            between: true,
        }
    }

    fn network(&self) -> Vec<u8> {
        let between = value("between", &[length(1)]);
        let mut graph = message(&[
            (GRAPH_NODE, &node("Resize", &self.resize)),
            (GRAPH_NODE, &node("Reshape", &["x", "to"])),
            (GRAPH_INITIALIZER, &shape("to", &self.reshape)),
            // As long as the other, but nobody's shape.
            (GRAPH_INITIALIZER, &shape("steps", &[1, 2, -1])),
            (GRAPH_INPUT, &value("images", &self.input)),
            (GRAPH_OUTPUT, &value("output", &self.output)),
        ]);
        if self.between {
            put_bytes(&mut graph, GRAPH_VALUE_INFO, &between);
        }
        // The version before and the operators' version after the graph.
        [&[0x08, 6][..], &message(&[(MODEL_GRAPH, &graph), (8, &[0x10, 11])])].concat()
    }
}

fn free(made: &Made) -> Result<Vec<u8>, DetectError> {
    free_axes(&made.network(), ModelStore::default().card("yolox_nano_416").expect("shipped"))
}

#[test]
fn batch_and_size_become_free_and_nothing_else_changes() {
    let wanted = Made {
        input: vec![axis("N"), length(3), axis("H"), axis("W")],
        output: vec![axis("N"), axis("A"), length(85)],
        reshape: vec![0, 85, -1],
        between: false,
        ..Made::fixed()
    };
    assert_eq!(free(&Made::fixed()).expect("freed"), wanted.network());
    assert_eq!(free(&wanted).expect("free already"), wanted.network());
}

#[test]
fn a_network_with_its_size_in_it_is_refused() {
    let mut made = Made::fixed();
    made.reshape = vec![1, 85, 42];
    let message = free(&made).expect_err("a size").to_string();
    assert!(message.contains("a Reshape has its size"), "{message}");
    assert!(message.contains("yolox_nano_416"), "{message}");

    let mut made = Made::fixed();
    made.resize.push("sizes");
    let message = free(&made).expect_err("a size").to_string();
    assert!(message.contains("a Resize has its size"), "{message}");

    let mut made = Made::fixed();
    made.input.pop();
    let message = free(&made).expect_err("three axes").to_string();
    assert!(message.contains("3 axes, not 4"), "{message}");
}

#[test]
fn what_is_no_such_network_is_refused() {
    let card = ModelStore::default().card("yolox_nano_416").expect("shipped").clone();
    let whole = Made::fixed().network();
    assert!(free_axes(b"", &card).is_err());
    assert!(free_axes(b"<html>not found</html>", &card).is_err());
    for end in 1..whole.len() - 4 {
        assert!(free_axes(&whole[..end], &card).is_err(), "{end}");
    }
    let mut other = card;
    other.input.name = "data".to_owned();
    let message = free_axes(&whole, &other).expect_err("another input").to_string();
    assert!(message.contains("`data`"), "{message}");
}
