//! HTML that cannot be wrong: every element is closed, every text is escaped.

use std::fmt::Write;

/// The look of every page.
const STYLE: &str = include_str!("style.css");

/// Part of a page.
#[derive(Debug, Default)]
pub(crate) struct Html(String);

/// A whole page. Everything that it needs is in it: it loads nothing.
pub(crate) fn document(title: &str, fill: impl FnOnce(&mut Html)) -> String {
    let mut html = Html("<!DOCTYPE html>\n".to_owned());
    html.with("html", &[("lang", "en")], |html| {
        html.with("head", &[], |html| {
            html.empty("meta", &[("charset", "utf-8")]);
            let width = "width=device-width, initial-scale=1";
            html.empty("meta", &[("name", "viewport"), ("content", width)]);
            html.empty("meta", &[("name", "color-scheme"), ("content", "light dark")]);
            html.with("title", &[], |html| html.text(title));
            // Not escaped: the text of a style is not read as HTML, and it is our own.
            html.with("style", &[], |html| html.0.push_str(STYLE));
        });
        html.with("body", &[], |html| html.with("main", &[], fill));
    });
    html.0.push('\n');
    html.0
}

impl Html {
    /// An element and what is in it.
    pub(crate) fn with(
        &mut self,
        tag: &'static str,
        attributes: &[(&'static str, &str)],
        fill: impl FnOnce(&mut Self),
    ) {
        self.begin(tag, attributes);
        self.0.push('>');
        fill(self);
        let _ = write!(self.0, "</{tag}>");
    }

    /// An element with nothing but text in it.
    pub(crate) fn item(&mut self, tag: &'static str, text: &str) {
        self.with(tag, &[], |html| html.text(text));
    }

    /// An element without content.
    pub(crate) fn empty(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) {
        self.begin(tag, attributes);
        self.0.push_str("/>");
    }

    /// Text, whatever is in it.
    pub(crate) fn text(&mut self, text: &str) {
        escape(text, &mut self.0);
    }

    fn begin(&mut self, tag: &str, attributes: &[(&'static str, &str)]) {
        let _ = write!(self.0, "<{tag}");
        for (name, value) in attributes {
            let _ = write!(self.0, " {name}=\"");
            escape(value, &mut self.0);
            self.0.push('"');
        }
    }

    #[cfg(test)]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Nothing in a text opens an element, ends an attribute or begins an entity. Control
/// characters, which no document may hold, become the mark of what cannot be shown.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_attributes_are_only_texts() {
        let mut html = Html::default();
        let wild = "<script>alert(\"&'\")</script>\0";
        html.with("p", &[("title", wild)], |html| html.text(wild));
        let safe = "&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt;\u{fffd}";
        assert_eq!(html.as_str(), format!("<p title=\"{safe}\">{safe}</p>"));
    }

    #[test]
    fn a_page_needs_nothing_from_outside() {
        let page = document("a < b", |html| html.item("h1", "x"));
        assert!(page.contains("<title>a &lt; b</title>") && page.ends_with("</html>\n"));
        for outside in ["http", "url(", "@import", "<script", "<link", "src="] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}
