//! Shapes and classes for road users.

use crate::random::Random;
use crate::shapes::{Body, body};
use delos_core::ObjectClass;

/// Shapes to choose from, made once: many road users share one.
#[derive(Clone, Debug)]
pub(crate) struct Garage {
    bodies: Vec<Vec<Body>>,
}

/// The classes on the road, and how many shapes of each there are.
const SHAPES: [(ObjectClass, usize); 6] = [
    (ObjectClass::Car, 32),
    (ObjectClass::Van, 8),
    (ObjectClass::Truck, 5),
    (ObjectClass::Bus, 4),
    (ObjectClass::Cyclist, 8),
    (ObjectClass::Pedestrian, 20),
];

impl Garage {
    pub(crate) fn new(seed: u64) -> Self {
        let make = |(class, count): (ObjectClass, usize)| {
            let mut random = Random::new(seed, 0xb0d7 + u64::from(class.index()));
            (0..count).map(|_| body(class, &mut random)).collect()
        };
        Self { bodies: SHAPES.map(make).into() }
    }

    /// One of the shapes of a class.
    pub(crate) fn pick(&self, class: ObjectClass, random: &mut Random) -> Option<&Body> {
        let bodies = SHAPES.iter().position(|(c, _)| *c == class)?;
        random.pick(&self.bodies[bodies])
    }
}

/// The mix of moving vehicles: a block of it, drawn from again and again. One of each class
/// and as many cars as a street has.
const MIX: [ObjectClass; 20] = {
    let mut mix = [ObjectClass::Car; 20];
    mix[0] = ObjectClass::Van;
    mix[1] = ObjectClass::Van;
    mix[2] = ObjectClass::Truck;
    mix[3] = ObjectClass::Bus;
    mix[4] = ObjectClass::Cyclist;
    mix[5] = ObjectClass::Cyclist;
    mix
};

/// Classes for vehicles in turn.
#[derive(Clone, Debug)]
pub(crate) struct Mix {
    random: Random,
    left: Vec<ObjectClass>,
}

impl Mix {
    pub(crate) fn new(seed: u64) -> Self {
        // A short block first, so that even a short drive meets every class.
        let mut left = vec![ObjectClass::Car; 5];
        left.extend(SHAPES.iter().map(|(class, _)| *class).take(5));
        Self { random: Random::new(seed, 0x317), left }
    }

    /// For one that found no room.
    pub(crate) fn put_back(&mut self, class: ObjectClass) {
        self.left.push(class);
    }

    pub(crate) fn next(&mut self) -> ObjectClass {
        if self.left.is_empty() {
            self.left = MIX.to_vec();
        }
        let at = self.random.below(self.left.len());
        self.left.swap_remove(at)
    }
}
