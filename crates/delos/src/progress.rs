//! Progress bars, on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};

/// A counter of frames, a bar once [`set_total`] is known.
pub(crate) fn frames() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    set_style(&bar, "{spinner} {pos} frames {elapsed}");
    bar
}

/// The number of frames is known now.
pub(crate) fn set_total(bar: &ProgressBar, total: u64) {
    bar.set_length(total);
    set_style(bar, "{bar:40} {pos}/{len} frames {eta}");
}

/// A bar over bytes.
pub(crate) fn bytes(total: Option<u64>) -> ProgressBar {
    let bar = ProgressBar::new(total.unwrap_or(0));
    set_style(&bar, "{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
    bar
}

fn set_style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}
