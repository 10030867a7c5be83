use super::*;
use proptest::prelude::*;

fn region(keep: &[[f64; 2]], exclude: &[&[[f64; 2]]]) -> Result<Region, DetectError> {
    let exclude = exclude.iter().map(|corners| corners.to_vec()).collect();
    Region::new(&RegionConfig { keep: keep.to_vec(), exclude })
}

#[test]
fn no_polygon_is_everywhere() {
    let everywhere = region(&[], &[]).expect("sound");
    assert_eq!(everywhere, Region::default());
    assert!(everywhere.contains(1e9, -1e9) && everywhere.reaches(79.0, -79.0));
}

#[test]
fn what_is_no_polygon_is_refused_with_one_reason() {
    let nan = f64::NAN;
    let cases: &[(&[[f64; 2]], &str)] = &[
        (&[[0.0, 0.0]], "region.keep: 1 corners; a polygon has 3 to 512"),
        (&[[0.0, 0.0], [1.0, 0.0]], "region.keep: 2 corners"),
        (&[[0.0, 0.0], [1.0, 0.0], [1.0, nan]], "region.keep: corner 2 is [1, NaN]"),
        (&[[0.0, 0.0], [f64::INFINITY, 0.0], [1.0, 1.0]], "region.keep: corner 1 is [inf, 0]"),
        (&[[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]], "the edges from corner 0 and from corner 2"),
        (&[[0.0, 0.0], [4.0, 4.0], [4.0, 0.0], [0.0, 4.0]], "corner 0 and from corner 2 cross"),
        (&[[0.0, 0.0], [4.0, 0.0], [4.0, 0.0], [0.0, 4.0]], "corner 0 and from corner 1"),
        (&[[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [2.0, 0.0]], "corner 0 and from corner 2"),
        (&[[1.0, 1.0]; 5], "the edges from corner 0 and from corner 1"),
    ];
    for (corners, wanted) in cases {
        let error = region(corners, &[]).expect_err(wanted).to_string();
        assert!(error.contains(wanted), "{error}: not {wanted}");
    }
    let square: &[[f64; 2]] = &[[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]];
    let error = region(&[], &[square, &square[..2]]).expect_err("two corners").to_string();
    assert!(error.starts_with("region.exclude[1]: 2 corners"), "{error}");
    let many: Vec<[f64; 2]> = (0..600).map(|i| [f64::from(i), f64::from(i * i)]).collect();
    assert!(region(&many, &[]).is_err());
}

#[test]
fn inside_is_kept_and_holes_are_not() {
    let l_shape = [[0.0, -5.0], [40.0, -5.0], [40.0, 5.0], [10.0, 5.0], [10.0, 20.0], [0.0, 20.0]];
    let hole: &[[f64; 2]] = &[[20.0, -2.0], [25.0, -2.0], [22.0, 2.0]];
    for turned in [false, true] {
        let mut corners = l_shape.to_vec();
        if turned {
            corners.reverse();
        }
        let region = region(&corners, &[hole]).expect("sound");
        for (x, y, inside) in [
            (5.0, 15.0, true),
            (30.0, 0.0, true),
            (15.0, 10.0, false),
            (-1.0, 0.0, false),
            (22.0, -1.0, false),
            (22.0, 3.0, true),
            (1e9, 1e9, false),
        ] {
            assert_eq!(region.contains(x, y), inside, "({x}, {y})");
        }
        assert!(region.reaches(-2.5, 0.0), "a car on the border is seen whole");
        assert!(!region.reaches(-6.0, 0.0) && !region.reaches(15.0, 12.0));
        assert!(!region.reaches(1e9, f32::NAN));
    }
}

proptest! {
    #[test]
    fn a_star_contains_what_is_nearer_than_its_edge(
        radii in prop::collection::vec(5.0_f64..40.0, 5..40),
        angle in 0.0_f64..std::f64::consts::TAU,
        share in 0.0_f64..2.0,
    ) {
        let step = std::f64::consts::TAU / radii.len() as f64;
        let corner = |i: usize| {
            let (radius, angle) = (radii[i % radii.len()], step * i as f64);
            [radius * angle.cos(), radius * angle.sin()]
        };
        let corners: Vec<[f64; 2]> = (0..radii.len()).map(corner).collect();
        let region = region(&corners, &[]).expect("a star does not cross itself");
        // Where the ray at this angle leaves the star.
        let (i, ray) = ((angle / step) as usize, [angle.cos(), angle.sin()]);
        let (a, b) = (corner(i), corner(i + 1));
        let edge = [b[0] - a[0], b[1] - a[1]];
        let leaves = (a[0] * edge[1] - a[1] * edge[0]) / (ray[0] * edge[1] - ray[1] * edge[0]);
        prop_assume!((share - 1.0).abs() > 1e-6);
        let at = ray.map(|part| part * leaves * share);
        prop_assert_eq!(region.contains(at[0], at[1]), share < 1.0);
        if share < 1.0 {
            prop_assert!(region.reaches(at[0] as f32, at[1] as f32));
        }
    }
}
