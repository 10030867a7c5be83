//! Tables that fit, and tables that do not.

use super::*;

/// A table of one kind with one tree: `top` up to 1 gives -2, above it and `range` up to 10 gives
/// 1, else 3.
fn table(change: impl Fn(&str) -> String) -> String {
    let names = EVIDENCE.map(|name| format!("\"{name}\"")).join(", ");
    let tree = "{ number = [3, 0], threshold = [1.0, 10.0], low = [-1, -2], high = [1, -3], \
                leaf = [-2.0, 1.0, 3.0] }";
    change(&format!(
        "version = 1\nevidence = [{names}]\n[[kind]]\nname = \"car\"\nline = [2.0, -1.0]\n\
         tree = [{tree}]\n"
    ))
}

fn parsed(change: impl Fn(&str) -> String) -> Result<Trees, DetectError> {
    Trees::parse(&table(change), &["car"])
}

fn evidence_of(range: f32, top: f32) -> Evidence {
    let mut evidence = [0.0; EVIDENCE.len()];
    (evidence[0], evidence[3]) = (range, top);
    evidence
}

#[test]
fn questions_lead_to_leaves_and_the_line_to_a_share() {
    let trees = parsed(str::to_owned).expect("sound");
    for (range, top, leaf) in
        [(5.0, 1.0, -2.0), (5.0, 1.1, 1.0), (10.0, 1.1, 1.0), (10.1, 1.1, 3.0_f64)]
    {
        let wanted = 1.0 / (1.0 + (-(2.0 * leaf - 1.0)).exp());
        let share = trees.share(0, &evidence_of(range, top));
        assert!((share - wanted).abs() < 1e-12, "{range} {top}: {share}, not {wanted}");
    }
    assert!(trees.share(1, &evidence_of(5.0, 1.0)).abs() < 1e-12, "a kind that is not there");
}

#[test]
fn what_is_hopeless_after_some_trees_is_left_at_that() {
    let leaf = |value: f64| {
        format!("{{ number = [], threshold = [], low = [], high = [], leaf = [{value:.1}] }}, ")
    };
    let many = |each: f64| leaf(each).repeat(GLANCE) + &leaf(50.0);
    let share = |each: f64| {
        let trees = parsed(|text| {
            let begin = text.find("tree = [").expect("there") + "tree = [".len();
            format!("{}{}]", &text[..begin], many(each))
        });
        trees.expect("sound").share(0, &evidence_of(1.0, 1.0))
    };
    assert!(share(-1.0) < 1e-9);
    assert!(share(1.0) > 1.0 - 1e-9);
}

#[test]
fn a_table_that_does_not_fit_is_refused_with_the_reason() {
    let cases = [
        ("version = 1", "version = 2", "version 2, not 1"),
        ("\"top\"", "\"bottom\"", "made for other evidence"),
        ("\"car\"", "\"van\"", "kinds [\"van\"], not [\"car\"]"),
        ("name = \"car\"", "name = \"car\"\nsize = 3", "unknown field `size`"),
        ("line = [2.0, -1.0]", "line = [nan, -1.0]", "car: a line that is not finite"),
        ("number = [3, 0]", "number = [3, 99]", "car: tree 0: evidence 99"),
        ("number = [3, 0]", "number = [3]", "car: tree 0: lists of unequal length"),
        ("leaf = [-2.0, 1.0, 3.0]", "leaf = [-2.0, 1.0]", "lists of unequal length"),
        ("leaf = [-2.0, 1.0, 3.0]", "leaf = [-2.0, inf, 3.0]", "not finite"),
        ("threshold = [1.0, 10.0]", "threshold = [nan, 10.0]", "not finite"),
        ("high = [1, -3]", "high = [0, -3]", "a child that is none"),
        ("high = [1, -3]", "high = [2, -3]", "a child that is none"),
        ("high = [1, -3]", "high = [1, -4]", "a child that is none"),
        ("high = [1, -3]", "high = [1, -2147483648]", "a child that is none"),
    ];
    for (from, to, wanted) in cases {
        assert!(table(str::to_owned).contains(from), "{from}");
        let error = parsed(|text| text.replacen(from, to, 1)).expect_err(wanted).to_string();
        assert!(error.contains(wanted), "{error}: not {wanted}");
    }
}
