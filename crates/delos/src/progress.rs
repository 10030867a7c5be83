//! Progress bars, on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over frames; `total` 0 or `None` where the number is not known.
pub(crate) fn frames(total: Option<u64>) -> ProgressBar {
    bar(total, "{pos}/{len} frames", "{pos} frames")
}

/// A bar over bytes.
pub(crate) fn bytes(total: Option<u64>) -> ProgressBar {
    bar(total, "{bytes}/{total_bytes} {bytes_per_sec}", "{bytes} {bytes_per_sec}")
}

fn bar(total: Option<u64>, known: &str, unknown: &str) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) if total > 0 => {
            (ProgressBar::new(total), format!("{{bar:40}} {known} {{eta}}"))
        }
        _ => (ProgressBar::new_spinner(), format!("{{spinner}} {unknown} {{elapsed}}")),
    };
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}
