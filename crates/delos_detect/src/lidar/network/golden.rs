//! The examples that the training recipe's own raster and decoder have written.

use super::Window;
use serde_json::Value;

/// One example: `raster` or `decode`.
pub(super) struct Golden(Value);

impl Golden {
    pub(super) fn of(name: &str) -> Self {
        let text = include_str!("../../../../../models/training/lidar/golden.json");
        let all: Value = serde_json::from_str(text).expect("JSON");
        Self(all.get(name).expect("an example").clone())
    }

    pub(super) fn window(&self) -> Window {
        let numbers = self.numbers("window");
        let cells = [numbers[2] as u32, numbers[3] as u32];
        Window::new([numbers[0], numbers[1]], cells).expect("sound")
    }

    pub(super) fn number(&self, key: &str) -> f64 {
        self.0[key].as_f64().expect(key)
    }

    pub(super) fn numbers(&self, key: &str) -> Vec<f64> {
        let list = self.0[key].as_array().expect(key);
        list.iter().map(|value| value.as_f64().expect("a number")).collect()
    }

    /// Numbers in full, f32.
    pub(super) fn singles(&self, key: &str) -> Vec<f32> {
        self.numbers(key).into_iter().map(|value| value as f32).collect()
    }

    /// Boxes `[n] (x, y, z, length, width, height, yaw)`.
    pub(super) fn boxes(&self) -> Vec<[f64; 7]> {
        let rows = self.0["boxes"].as_array().expect("boxes");
        let row = |value: &Value| serde_json::from_value(value.clone()).expect("seven numbers");
        rows.iter().map(row).collect()
    }
}
