//! What the caller waited for before an answer: its parts as one bar, and in words.

use crate::db::desk::calls::Turn;
use crate::desk::names;
use crate::desk::{format, words::Words};

/// Width of the bar of a wait, units.
const WIDTH: f64 = 400.0;

/// A part of a wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Left edge of its bar.
    pub(super) x: String,
    /// Width of its bar.
    pub(super) width: String,
    /// Its colour.
    pub(super) class: &'static str,
    /// What it is and how long it took.
    pub(super) says: String,
}

/// The wait before an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wait {
    /// The whole.
    pub(super) whole: String,
    /// Its parts in order; none if they are not known, or a filler sounded before.
    pub(super) parts: Vec<Part>,
    /// What is to be said besides.
    pub(super) notes: Vec<String>,
}

/// The wait before a line of the agent; `stt_ms` is how long the recogniser took for the caller's
/// line before it, which it does while the caller is still heard.
pub(super) fn of(words: Words, turn: &Turn, stt_ms: Option<i32>) -> Option<Wait> {
    let whole_ms = turn.first_audio_ms.filter(|_| turn.speaker == "bot")?;
    let known = [
        ("s-endpoint", "endpoint", turn.endpointing_ms),
        ("s-llm", "llm", turn.llm_latency_ms),
        ("s-tts", "tts", turn.tts_latency_ms),
    ];
    let said = |name: &str, ms: i32| format!("{name} {}", format::latency(words, ms.into()));
    let step = |step: &str| names::name(words, names::STEPS, step);
    let sum: i32 = known.iter().filter_map(|(.., ms)| *ms).sum();
    let mut notes = Vec::new();
    let mut parts = Vec::new();
    if sum > whole_ms {
        // The steps of the answer went on while something else was already heard.
        notes.push(words.filler().to_owned());
        notes.extend(known.iter().filter_map(|(_, name, ms)| ms.map(|ms| said(&step(name), ms))));
    } else {
        // What is ours lies between the end of the caller's turn and the brain's first word.
        let ours = ("s-other", words.ours().to_owned(), Some(whole_ms - sum).filter(|ms| *ms > 0));
        let named = known.map(|(class, name, ms)| (class, step(name), ms));
        let [endpointing, llm, tts] = named;
        let mut from_ms = 0;
        for (class, name, ms) in [endpointing, ours, llm, tts] {
            let Some(ms) = ms else { continue };
            let x_of = |ms: i32| f64::from(ms) / f64::from(whole_ms.max(1)) * WIDTH;
            parts.push(Part {
                x: format!("{:.1}", x_of(from_ms)),
                width: format!("{:.1}", x_of(ms).max(1.0)),
                class,
                says: said(&name, ms),
            });
            from_ms += ms;
        }
    }
    notes.extend(stt_ms.map(|ms| format!("{} ({})", said(&step("stt"), ms), words.beside())));
    Some(Wait { whole: format::latency(words, whole_ms.into()), parts, notes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::words::Tongue;

    fn turn(whole: i32, parts: [Option<i32>; 3]) -> Turn {
        Turn {
            turn_number: 2,
            speaker: "bot".into(),
            content: String::new(),
            language: None,
            stt_confidence: None,
            stt_latency_ms: None,
            endpointing_ms: parts[0],
            llm_latency_ms: parts[1],
            tts_latency_ms: parts[2],
            first_audio_ms: Some(whole),
            interrupted: false,
            created_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_parts_of_a_wait_add_up_to_it() {
        let words = Words(Tongue::En);
        let wait = of(words, &turn(1_000, [Some(500), Some(200), Some(100)]), Some(900)).unwrap();
        let said: Vec<&str> = wait.parts.iter().map(|part| part.says.as_str()).collect();
        assert_eq!(
            said,
            [
                "end of turn 500\u{a0}ms",
                "ours 200\u{a0}ms",
                "model 200\u{a0}ms",
                "voice 100\u{a0}ms"
            ]
        );
        let widths: f64 = wait.parts.iter().map(|part| part.width.parse::<f64>().unwrap()).sum();
        assert!((widths - WIDTH).abs() < 0.5, "{widths}");
        assert_eq!(wait.notes, ["recognition 900\u{a0}ms (beside)"]);
    }

    #[test]
    fn a_wait_that_a_filler_broke_has_no_bar_and_says_so() {
        let words = Words(Tongue::En);
        let wait = of(words, &turn(300, [Some(200), Some(800), None]), None).unwrap();
        assert!(wait.parts.is_empty());
        assert_eq!(wait.notes.len(), 3, "{:?}", wait.notes);
        let caller = Turn { speaker: "customer".into(), ..turn(640, [None; 3]) };
        assert_eq!(of(words, &caller, None), None);
        // What is not known in parts is one part.
        assert_eq!(of(words, &turn(640, [None; 3]), None).unwrap().parts.len(), 1);
    }
}
