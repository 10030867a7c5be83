//! Which inputs can be written on a device.

use super::*;
use crate::gpu::is_refused_by_kernels;

fn card() -> ModelCard {
    ModelCard::parse(include_str!("../../tests/card.toml"), "card.toml").expect("a card")
}

fn tensor(name: &str, element: &str, shape: &[Option<u64>]) -> TensorInfo {
    TensorInfo { name: name.into(), element: element.into(), shape: shape.to_vec() }
}

fn known(counts: &str, cells: &str) -> Vec<TensorInfo> {
    vec![
        tensor("coords", cells, &[None, Some(2)]),
        tensor("num_points", counts, &[None]),
        tensor("voxels", "f32", &[None, Some(4), Some(4)]),
    ]
}

#[test]
fn inputs_have_the_most_pillars_and_the_points_come_first() {
    let card = card();
    let pillars = card.pillars().expect("pillars");
    for (counts, cells) in [("i32", "i64"), ("i64", "i32")] {
        let got = inputs(&card, pillars, &known(counts, cells)).expect("kernels for both");
        let wanted = [
            ("voxels".to_owned(), vec![20, 4, 4]),
            ("num_points".to_owned(), vec![20]),
            ("coords".to_owned(), vec![20, 2]),
        ];
        assert_eq!(got, wanted);
    }
    // What the file does not take is not given.
    let alone = inputs(&card, pillars, &known("i32", "i64")[1..]).expect("kernels for both");
    assert_eq!(alone.len(), 2);
}

#[test]
fn whole_numbers_that_no_kernel_writes_are_left_to_the_processor() {
    let card = card();
    let pillars = card.pillars().expect("pillars");
    for (counts, cells) in [("f32", "i32"), ("i32", "f32")] {
        let error = inputs(&card, pillars, &known(counts, cells)).expect_err("no kernel");
        assert!(is_refused_by_kernels(&error), "{error}");
        assert!(error.to_string().contains("f32"), "{error}");
    }
}
