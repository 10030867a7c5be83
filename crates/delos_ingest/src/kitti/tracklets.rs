//! `tracklet_labels.xml` of raw drives.

use crate::ParseError;
use delos_core::{
    Box3, Ego, GroundTruth, LabelledObject, ObjectClass, Position, Size, TrackId, Yaw,
};
use roxmltree::{Document, Node, ParsingOptions};
use std::collections::BTreeMap;

/// More elements than any drive has (drive 0001: some 9,000), to bound the memory that
/// a made-up file can ask for.
const MOST_NODES: u32 = 20_000_000;

/// Parses a tracklet file into the ground truth of each frame that has some, boxes in the
/// Velodyne's frame (which is [`Ego`]). The identity of an object is its position in the
/// file. Truncation: 0 in the image, 1 cut by its edge, 2 outside.
///
/// # Errors
/// What the XML parser says, or the line of an element that is missing or no number.
pub fn parse(text: &str) -> Result<BTreeMap<u32, GroundTruth>, ParseError> {
    let options =
        ParsingOptions { allow_dtd: true, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        ParseError::line(error.pos().row as usize, format!("no valid XML: {error}"))
    })?;
    let tracklets = child(&document.root_element(), "tracklets")?;
    let mut frames: BTreeMap<u32, GroundTruth> = BTreeMap::new();
    for (id, item) in (0u32..).zip(items(&tracklets)) {
        add_tracklet(id, &item, &mut frames)?;
    }
    Ok(frames)
}

fn add_tracklet(
    id: u32,
    item: &Node<'_, '_>,
    frames: &mut BTreeMap<u32, GroundTruth>,
) -> Result<(), ParseError> {
    let class = ObjectClass::from_kitti(text(item, "objectType")?)
        .map_err(|error| refuse(item, error.to_string()))?;
    let size = Size::new(number(item, "l")?, number(item, "w")?, number(item, "h")?)
        .map_err(|error| refuse(item, error.to_string()))?;
    let first = number(item, "first_frame")?;
    if !(0.0..=1e9).contains(&first) {
        return Err(refuse(item, format!("first_frame {first} is no frame number")));
    }
    for (frame, pose) in (first as u32..).zip(items(&child(item, "poses")?)) {
        let object = LabelledObject {
            class,
            track: Some(TrackId(id)),
            bbox: Some(place(&pose, size)?),
            image_box: None,
            truncation: optional(&pose, "truncation")?.clamp(0.0, 2.0) as f32,
            occlusion: occlusion(optional(&pose, "occlusion")?),
        };
        frames.entry(frame).or_default().0.push(object);
    }
    Ok(())
}

/// The box whose lower face is centred on `tx ty tz`, turned by `rz`.
fn place(pose: &Node<'_, '_>, size: Size) -> Result<Box3<Ego>, ParseError> {
    let yaw = Yaw::new(number(pose, "rz")?).map_err(|error| refuse(pose, error.to_string()))?;
    let center = Position::new(
        number(pose, "tx")?,
        number(pose, "ty")?,
        number(pose, "tz")? + size.height() / 2.0,
    );
    Ok(Box3::new(center, size, yaw))
}

/// KITTI's -1 (not set) is "unknown", the rest counts alike.
fn occlusion(level: f64) -> u8 {
    if (0.0..=2.0).contains(&level) { level as u8 } else { 3 }
}

fn items<'a, 'i>(node: &Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(|child| child.has_tag_name("item"))
}

fn child<'a, 'i>(node: &Node<'a, 'i>, name: &str) -> Result<Node<'a, 'i>, ParseError> {
    node.children()
        .find(|child| child.has_tag_name(name))
        .ok_or_else(|| refuse(node, format!("<{name}> is missing in <{}>", node.tag_name().name())))
}

fn text<'a>(node: &Node<'a, '_>, name: &str) -> Result<&'a str, ParseError> {
    Ok(child(node, name)?.text().unwrap_or_default().trim())
}

fn number(node: &Node<'_, '_>, name: &str) -> Result<f64, ParseError> {
    super::text::number(text(node, name)?).map_err(|what| refuse(node, format!("<{name}>: {what}")))
}

/// A number that older files leave out: -1, "not set".
fn optional(node: &Node<'_, '_>, name: &str) -> Result<f64, ParseError> {
    // No error is made for the absent one: its line is searched from the file's beginning.
    let is_there = node.children().any(|child| child.has_tag_name(name));
    if is_there { number(node, name) } else { Ok(-1.0) }
}

fn refuse(node: &Node<'_, '_>, what: impl Into<String>) -> ParseError {
    let row = node.document().text_pos_at(node.range().start).row;
    ParseError::line(row as usize, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(body: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?>\n<!DOCTYPE boost_serialization>\n<boost_serialization>\n<tracklets>\n<count>1</count>\n{body}\n</tracklets>\n</boost_serialization>\n"
        )
    }

    fn item(pose: &str) -> String {
        format!(
            "<item><objectType>Van</objectType><h>2.0</h><w>1.8</w><l>4.5</l><first_frame>3</first_frame>\n<poses><count>2</count>{pose}{pose}</poses></item>"
        )
    }

    const POSE: &str = "<item><tx>25</tx><ty>8.5</ty><tz>-1.75</tz><rx>0</rx><ry>0</ry><rz>-3.2</rz><occlusion>1</occlusion><truncation>99</truncation></item>";

    #[test]
    fn poses_become_frames_and_the_centre_is_raised() {
        let frames = parse(&file(&item(POSE))).expect("valid");
        assert_eq!(frames.keys().copied().collect::<Vec<_>>(), [3, 4]);
        let object = &frames[&4].0[0];
        assert_eq!(
            (object.class, object.track, object.occlusion),
            (ObjectClass::Van, Some(TrackId(0)), 1)
        );
        let place = object.bbox.expect("has a place");
        assert!((place.center.z() + 0.75).abs() < 1e-12 && (place.bottom() + 1.75).abs() < 1e-12);
        assert!(place.yaw.radians() > 3.0, "wrapped");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let table = [
            (file(&item(&POSE.replace("25", "far"))), "`far` is not a number"),
            (file(&item(&POSE.replace("<tx>25</tx>", ""))), "<tx> is missing"),
            (file(&item(&POSE.replace("99", "much"))), "<truncation>: `much` is not a number"),
            (file(&item(POSE).replace("Van", "Spaceship")), "unknown object class"),
            (file(&item(POSE).replace("<first_frame>3", "<first_frame>-3")), "no frame number"),
            ("<boost_serialization>".to_owned(), "no valid XML"),
            ("<a/>".to_owned(), "<tracklets> is missing"),
        ];
        for (text, what) in table {
            let error = parse(&text).expect_err(what);
            assert!(error.line.is_some() && error.what.contains(what), "{error}");
        }
    }

    #[test]
    fn elements_that_older_files_lack_cost_no_search_for_their_line() {
        let bare = "<item><tx>25</tx><ty>8.5</ty><tz>-1.75</tz><rz>0.1</rz></item>\n";
        let frames = parse(&file(&item(&bare.repeat(10_000)))).expect("valid");
        assert_eq!(frames.len(), 20_000);
        let object = &frames[&20_002].0[0];
        assert_eq!((object.truncation.to_bits(), object.occlusion), (0, 3));
    }
}
