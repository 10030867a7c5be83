//! Choices between a whole and its parts.

use super::*;
use delos_core::{Box3, Position, Size, Yaw};

fn guess(share: f64) -> Guess {
    let size = Size::new(4.0, 2.0, 1.5).expect("positive");
    let bbox = Box3::new(Position::new(10.0, 0.0, 0.0), size, Yaw::default());
    Guess { bbox, class: ObjectClass::Car, score: share, share }
}

fn piece(share: Option<f64>) -> Piece {
    Piece { node: Node { level: 2, group: 0 }, guess: share.map(guess), points: 20 }
}

#[test]
fn the_parts_are_worth_the_right_boxes_they_promise() {
    assert!(worth(&[]).abs() < 1e-12);
    let two = worth(&[piece(Some(0.7)), piece(None), piece(Some(0.5))]);
    assert!((two - 1.2).abs() < 1e-12);
}

#[test]
fn a_whole_stays_that_promises_no_less() {
    let cases = [
        // Level, share, worth of the parts, whether the whole is taken.
        (1, Some(0.6), 0.5, true),
        (1, Some(0.6), 1.4, false),
        (1, Some(0.0), 0.0, true),
        (1, None, 0.0, true),
        (1, None, 0.1, false),
        // Nothing joins over the wide gap without a gain.
        (0, Some(0.6), 0.5, true),
        (0, Some(0.6), 0.6, false),
        (0, Some(0.04), 0.0, false),
        (0, None, 0.0, false),
    ];
    for (level, share, worth, wanted) in cases {
        let node = Node { level, group: 0 };
        let whole = share.map(guess);
        assert_eq!(
            node.is_better_whole(whole.as_ref(), worth),
            wanted,
            "{level} {share:?} {worth}"
        );
    }
}

#[test]
fn a_sure_group_is_not_taken_apart() {
    let cases = [(0, 0.95, false), (1, 0.95, true), (1, 0.45, false), (2, 0.1, true)];
    for (level, score, wanted) in cases {
        assert_eq!(Node { level, group: 0 }.is_settled(Some(&guess(score))), wanted);
    }
    assert!(!Node { level: 1, group: 0 }.is_settled(None));
}

#[test]
fn a_lorry_stays_whole_at_a_lower_score() {
    let node = Node { level: 1, group: 0 };
    for (class, wanted) in [(ObjectClass::Truck, true), (ObjectClass::Van, false)] {
        let half_sure = Guess { class, ..guess(0.45) };
        assert_eq!(node.is_settled(Some(&half_sure)), wanted, "{class}");
    }
}

#[test]
fn parts_are_listed_by_the_group_they_lie_in() {
    let mut levels: [Level; LEVELS] = Default::default();
    for (level, (count, group_of)) in
        levels.iter_mut().zip([(1, [0, 0, 0, 0, 0]), (2, [0, 0, 1, 0, 1]), (4, [0, 1, 2, 1, 3])])
    {
        level.count = count;
        level.group_of = group_of.to_vec();
    }
    list(&mut levels);
    assert_eq!(levels[0].parts.of(0), [0, 1]);
    assert_eq!([levels[1].parts.of(0), levels[1].parts.of(1)], [[0, 1], [2, 3]]);
    assert_eq!(levels[2].cells.of(1), [1, 3]);
}
