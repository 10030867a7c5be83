//! A track's life in sentences, uneventful frames taken together.

mod chapter;
mod sentence;

use super::life::{Fate, Life};
use super::rules::AllRules;
use super::words;
use chapter::chapters;
use delos_core::EndCause;

/// The whole story.
pub(super) fn tell(sequence: &str, life: &Life<'_>, rules: &AllRules<'_>) -> String {
    let mut lines = vec![title(sequence, life), summary(life), String::new()];
    for chapter in chapters(life) {
        let frames = match (chapter.first().frame, chapter.last().frame) {
            (first, last) if first == last => first.to_string(),
            (first, last) => format!("{first}-{last}"),
        };
        lines.push(line(&frames, &sentence::of(&chapter, rules)));
    }
    lines.push(fate(life, rules));
    lines.join("\n")
}

fn line(frames: &str, text: &str) -> String {
    format!("{frames:>9}  {text}")
}

fn title(sequence: &str, life: &Life<'_>) -> String {
    let scene = if life.scene == 0 { String::new() } else { format!(", scene {}", life.scene) };
    format!("track {} of sequence {sequence}{scene}: {}", life.id, life.class())
}

fn summary(life: &Life<'_>) -> String {
    let seconds = match (life.rows.first(), life.rows.last()) {
        (Some(first), Some(last)) => (last.stamp - first.stamp).as_secs_f64(),
        _ => 0.0,
    };
    let believed = life.believed_from().map_or_else(
        || "never believed".to_owned(),
        |frame| format!("believed from frame {frame}"),
    );
    format!(
        "frames {} to {} ({seconds:.1} s), seen in {} of {}, {believed}",
        life.first(),
        life.last(),
        life.hits(),
        life.rows.len()
    )
}

fn fate(life: &Life<'_>, rules: &AllRules<'_>) -> String {
    match life.fate {
        Fate::Alive => line("", "alive in the last frame"),
        Fate::Unknown => line("", "not there any more; the log does not say why"),
        Fate::Ended { frame, how, .. } => {
            let why = match how.cause {
                EndCause::Unseen => unseen(life, rules),
                EndCause::Doubtful => {
                    let end = rules.for_class(how.class).end;
                    let limit = end.map_or_else(|| "the limit".to_owned(), |end| end.to_string());
                    format!("existence fell below {limit}")
                }
                EndCause::DuplicateOf(better) => {
                    format!("it came to lie on track {better}, which is the better one")
                }
                EndCause::Gap => "no frame came for too long".to_owned(),
                EndCause::OtherFrame => "the vehicle's pose appeared or disappeared".to_owned(),
                EndCause::Broken => "its numbers no longer made sense".to_owned(),
            };
            let existence = words::exact(how.existence.get());
            line(&frame.to_string(), &format!("ended: {why}; existence {existence}"))
        }
    }
}

/// How long it was not seen, and for how long it might have been.
fn unseen(life: &Life<'_>, rules: &AllRules<'_>) -> String {
    let Fate::Ended { stamp, how, .. } = life.fate else { return String::new() };
    let rules = rules.for_class(how.class);
    let limit = if how.was_confirmed { rules.lost_s } else { rules.tentative_s };
    let limit = limit.map_or_else(String::new, |seconds| format!(", longer than {seconds} s"));
    let unseen = life.last_seen().map(|row| (stamp - row.stamp).as_secs_f64());
    let unseen =
        unseen.map_or_else(|| "too long".to_owned(), |s| format!("{} s", words::coarse(s)));
    format!("not seen for {unseen}{limit}")
}
