//! Reads the account that ONNX Runtime writes of a run: Chrome's trace format, one event per
//! operator with the shapes of what it read and wrote.

use super::Cost;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The work of all operators in an account.
pub(super) fn read(json: &[u8]) -> Result<Cost, String> {
    let events: Vec<Event> = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let runs = |event: &Event| event.cat == "Node" && event.name.ends_with("_kernel_time");
    let mut cost = Cost::default();
    let mut met = 0_usize;
    for event in events.into_iter().filter(runs) {
        let work = event.args.cost()?;
        cost.operations = cost.operations.saturating_add(work.operations);
        cost.bytes = cost.bytes.saturating_add(work.bytes);
        met += 1;
    }
    if met == 0 { Err("no operator ran".to_owned()) } else { Ok(cost) }
}

#[derive(Deserialize)]
struct Event {
    cat: String,
    name: String,
    #[serde(default)]
    args: Work,
}

/// Type and shape of each tensor: one entry in each map.
type Tensors = Vec<BTreeMap<String, Vec<u64>>>;

/// What an operator did. Sizes come as text.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Work {
    op_name: String,
    input_type_shape: Tensors,
    output_type_shape: Tensors,
    parameter_size: String,
}

impl Work {
    fn cost(&self) -> Result<Cost, String> {
        let bytes = self.parameter_size.parse().unwrap_or(0);
        let [first, second] = [0, 1].map(|place| shape(&self.input_type_shape, place));
        let output = shape(&self.output_type_shape, 0);
        let operations = match self.op_name.as_str() {
            // Weights are [to, from, ..]: each number of the answer is a sum over all but the first.
            "Conv" | "FusedConv" => product(output)?.saturating_mul(product(tail(second))?),
            // Weights are [from, to, ..]: each number that goes in is spread over all but the first.
            "ConvTranspose" => product(first)?.saturating_mul(product(tail(second))?),
            "MatMul" => product(output)?.saturating_mul(first.last().copied().unwrap_or(1)),
            "Gemm" => product(first)?.saturating_mul(wide(output)),
            _ => 0,
        };
        Ok(Cost { operations: operations.saturating_mul(2), bytes })
    }
}

fn shape(tensors: &Tensors, place: usize) -> &[u64] {
    tensors.get(place).and_then(|tensor| tensor.values().next()).map_or(&[], Vec::as_slice)
}

fn tail(shape: &[u64]) -> &[u64] {
    shape.get(1..).unwrap_or_default()
}

fn wide(shape: &[u64]) -> u64 {
    shape.last().copied().unwrap_or(1)
}

fn product(shape: &[u64]) -> Result<u64, String> {
    let step = |product: u64, size: &u64| product.checked_mul(*size);
    shape.iter().try_fold(1, step).ok_or_else(|| format!("a tensor of impossible size {shape:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An account with one operator.
    fn account(operator: &str, inputs: &[&[u64]], output: &[u64], weights: u64) -> String {
        let tensors = |shapes: &[&[u64]]| {
            let one = |shape: &&[u64]| format!("{{\"float\":{shape:?}}}");
            shapes.iter().map(one).collect::<Vec<_>>().join(",")
        };
        format!(
            "[{{\"cat\":\"Session\",\"name\":\"model_run\",\"args\":{{}}}},
            {{\"cat\":\"Node\",\"name\":\"x_kernel_time\",\"args\":{{\"op_name\":\"{operator}\",
            \"parameter_size\":\"{weights}\",\"input_type_shape\":[{}],
            \"output_type_shape\":[{}]}}}}]",
            tensors(inputs),
            tensors(&[output]),
        )
    }

    #[test]
    fn sums_of_products_are_counted() {
        for (operator, inputs, output, wanted) in [
            // 4 x 4 places of 8 maps, each a sum over 3 maps of 3 x 3: 1728 * 2 multiply-adds.
            ("Conv", &[&[1, 3, 4, 4][..], &[8, 3, 3, 3]][..], &[1, 8, 4, 4][..], 2 * 128 * 27),
            // Two groups: a sum over half of the maps.
            ("Conv", &[&[1, 4, 5, 5], &[6, 2, 1, 1]], &[1, 6, 5, 5], 2 * 150 * 2),
            ("ConvTranspose", &[&[1, 4, 3, 3], &[4, 2, 2, 2]], &[1, 2, 6, 6], 2 * 36 * 8),
            ("MatMul", &[&[5, 7], &[7, 11]], &[5, 11], 2 * 5 * 7 * 11),
            ("Gemm", &[&[5, 7], &[7, 11], &[11]], &[5, 11], 2 * 5 * 7 * 11),
            ("Relu", &[&[1, 3, 4, 4]], &[1, 3, 4, 4], 0),
        ] {
            let cost = read(account(operator, inputs, output, 44).as_bytes()).expect("read");
            assert_eq!(cost, Cost { operations: wanted, bytes: 44 }, "{operator} {inputs:?}");
        }
    }

    #[test]
    fn what_is_no_account_is_an_error() {
        let huge = account("Conv", &[&[1, 1], &[1 << 40, 1 << 40]], &[1 << 40, 1 << 40], 0);
        for text in ["", "{}", "[]", "[{\"cat\":\"Node\"}]", &huge] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
