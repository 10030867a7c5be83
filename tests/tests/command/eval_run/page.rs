//! The page: well formed, whole, from nowhere else, and true to its run.

use super::{FRAMES, change, copy, eval, json};
use roxmltree::{Document, Node, ParsingOptions};
use std::fs;
use std::path::Path;

fn text(out: &Path) -> String {
    fs::read_to_string(out.join("eval.html")).expect("written")
}

/// The page as XML, which ours is too.
fn parse(text: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).expect("well formed")
}

fn elements<'a>(node: Node<'a, 'a>, tag: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.descendants().filter(move |node| node.has_tag_name(tag))
}

fn content(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect()
}

/// The cells of a column in all tables that have it.
fn column(page: &Document<'_>, name: &str) -> Vec<String> {
    let mut cells = Vec::new();
    for table in elements(page.root(), "table") {
        let heads: Vec<String> = elements(table, "th").map(content).collect();
        let Some(index) = heads.iter().position(|head| head == name) else { continue };
        let rows = elements(table, "tr").skip(1);
        cells.extend(rows.filter_map(|row| elements(row, "td").nth(index).map(content)));
    }
    cells
}

#[test]
fn the_page_is_well_formed_and_needs_no_network() {
    let (_place, out) = copy();
    eval(&out, &[]).succeeded();
    let text = text(&out);
    let page = parse(&text);
    for outside in ["http", "url(", "@import", "<script", "<link", "<iframe", "src=", "href="] {
        assert!(!text.contains(outside), "{outside}");
    }
    let titles: Vec<String> = elements(page.root(), "h2").map(content).collect();
    let wanted = [
        "Tracks",
        "Detections",
        "Recall by distance",
        "Streaming accuracy",
        "Latency",
        "Where to look",
    ];
    assert_eq!(titles, wanted);
    let charts = elements(page.root(), "svg").filter(|svg| svg.attribute("role") == Some("img"));
    for chart in charts {
        let label = chart.attribute("aria-label").unwrap();
        let paths = elements(chart, "path");
        let drawn: Vec<&str> = paths.filter_map(|path| path.attribute("d")).collect();
        assert!(!drawn.is_empty(), "{label}");
        for number in
            drawn.iter().flat_map(|d| d.split(|c: char| c.is_ascii_alphabetic() || c == ' '))
        {
            let place: f64 = if number.is_empty() { 0.0 } else { number.parse().expect(label) };
            assert!((0.0..=1100.0).contains(&place), "{label}: {number}");
        }
    }
    assert!(!text.contains("NaN") && !text.contains("inf"));
}

#[test]
fn every_frame_on_the_page_is_one_of_the_run() {
    let (_place, out) = copy();
    eval(&out, &[]).succeeded();
    let (text, report) = (text(&out), json(&out.join("eval.json")));
    let page = parse(&text);
    let frames = column(&page, "frame");
    assert!(frames.len() >= FRAMES / 2, "{} frames are listed", frames.len());
    for column in [frames, column(&page, "position")] {
        for cell in column {
            assert!(cell.parse::<usize>().expect("a number") < FRAMES, "{cell}");
        }
    }
    let pictures = column(&page, "picture");
    let worst = &report["incidents"]["worst_frames"][0]["frame"];
    let wanted = format!("delos shot {} --frame {worst} --png frame{worst}.png", out.display());
    assert_eq!(pictures.first(), Some(&wanted));
    let worst = report["incidents"]["worst_frames"].as_array().unwrap();
    assert_eq!(pictures.len(), worst.len().min(40));
}

#[test]
fn names_with_markup_are_only_names() {
    let (_place, out) = copy();
    let wild = "<script>alert('x')</script> & \"co\"";
    change(&out.join("run.json"), |facts| {
        facts["name"] = wild.into();
        facts["data"]["path"] = wild.into();
    });
    eval(&out, &[]).succeeded();
    let text = text(&out);
    assert!(!text.contains("<script") && text.contains("&lt;script&gt;"));
    let page = parse(&text);
    let title = elements(page.root(), "h1").next().map(content);
    assert_eq!(title, Some(format!("Evaluation of {wild}")));
}
