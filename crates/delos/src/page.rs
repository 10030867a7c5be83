//! Pages for people: one file, nothing from outside.

mod chart;
mod html;
mod scale;

pub(crate) use chart::{Axis, Chart, Mark, Series};
pub(crate) use html::{Html, document};
