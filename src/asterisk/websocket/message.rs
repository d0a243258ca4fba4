//! The words of control. Pure: text in, meaning out, and back.
//!
//! Unknown events and fields are nothing special: newer versions have more of both.

use crate::audio::ahead::Mark;
use serde_json::{Value, json};

/// The longest text that Asterisk reads; it ignores a longer one.
pub const TEXT_BYTES_MAX: usize = 128;
/// The longest message of audio that we send. At 65,535 bytes Asterisk closes the connection; half
/// of that is far away and holds a second of the commonest rate.
pub const MEDIA_BYTES_MAX: usize = 32 * 1024;
/// The path that Asterisk connects to.
pub const PATH: &str = "/media";
/// The subprotocol that Asterisk asks for.
pub const SUBPROTOCOL: &str = "media";

/// The formats that are linear audio, and their samples a second.
const FORMATS: [(&str, u32); 9] = [
    ("slin", 8_000),
    ("slin12", 12_000),
    ("slin16", 16_000),
    ("slin24", 24_000),
    ("slin32", 32_000),
    ("slin44", 44_100),
    ("slin48", 48_000),
    ("slin96", 96_000),
    ("slin192", 192_000),
];

/// What Asterisk says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The first message: what the audio will be.
    Start(Start),
    /// A key was released: `0-9`, `*`, `#`, `A-D`.
    Digit(char),
    /// Its queue is nearly full: send nothing.
    Xoff,
    /// There is room again.
    Xon,
    /// Everything before this mark has been played.
    Marked(Mark),
    /// It did not like a command of ours.
    Error(String),
    /// Something that does not concern us.
    Other,
}

/// What the audio of a connection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The format's name, for example `slin16`.
    pub format: String,
    /// Bytes of one frame.
    pub frame_bytes: usize,
    /// Asterisk's name of the channel.
    pub channel: String,
}

impl Start {
    /// Samples a second, if the format is linear audio in frames of 20 ms.
    ///
    /// # Errors
    /// What is wrong, as the metric's label.
    pub fn rate(&self) -> Result<u32, &'static str> {
        let known = FORMATS.iter().find(|(name, _)| *name == self.format);
        let (_, rate) = known.ok_or("format")?;
        if self.frame_bytes == frame_bytes(*rate) { Ok(*rate) } else { Err("frame_size") }
    }
}

/// Bytes of 20 ms at `rate` samples a second.
#[must_use]
pub const fn frame_bytes(rate: u32) -> usize {
    crate::audio::frame_samples(rate) * 2
}

/// The name of the linear format of `rate` samples a second.
#[must_use]
pub fn format_of(rate: u32) -> Option<&'static str> {
    FORMATS.iter().find(|(_, known)| *known == rate).map(|(name, _)| *name)
}

/// A text that is no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The form that was the only one before 20.18 and 22.8.
    #[error("plain text in the place of JSON")]
    PlainText,
    /// No JSON, or no event in it.
    #[error("no JSON with an event")]
    NoEvent,
    /// A known event lacks what makes it one.
    #[error("an event without its fields")]
    Incomplete,
}

/// Reads what Asterisk says.
///
/// # Errors
/// It is no event.
pub fn read(text: &str) -> Result<Said, Unreadable> {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        let plain = text.starts_with(|c: char| c.is_ascii_uppercase());
        return Err(if plain { Unreadable::PlainText } else { Unreadable::NoEvent });
    };
    let word = |key: &str| value.get(key).and_then(Value::as_str);
    Ok(match word("event").ok_or(Unreadable::NoEvent)? {
        "MEDIA_START" => Said::Start(Start {
            format: word("format").ok_or(Unreadable::Incomplete)?.to_owned(),
            frame_bytes: value
                .get("optimal_frame_size")
                .and_then(Value::as_u64)
                .and_then(|bytes| usize::try_from(bytes).ok())
                .ok_or(Unreadable::Incomplete)?,
            channel: word("channel").unwrap_or_default().to_owned(),
        }),
        "DTMF_END" => Said::Digit(word("digit").and_then(key_of).ok_or(Unreadable::Incomplete)?),
        "MEDIA_XOFF" => Said::Xoff,
        "MEDIA_XON" => Said::Xon,
        "MEDIA_MARK_PROCESSED" => match word("correlation_id").and_then(read_mark) {
            Some(mark) => Said::Marked(mark),
            None => Said::Other,
        },
        "ERROR" => {
            let text = word("error_text").or_else(|| word("message")).unwrap_or_default();
            Said::Error(text.chars().take(TEXT_BYTES_MAX).collect())
        }
        _ => Said::Other,
    })
}

fn key_of(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let key = chars.next().filter(|key| matches!(key, '0'..='9' | '*' | '#' | 'A'..='D'));
    key.filter(|_| chars.next().is_none())
}

fn read_mark(id: &str) -> Option<Mark> {
    let (epoch, frames) = id.split_once('-')?;
    Some(Mark { epoch: epoch.parse().ok()?, frames: frames.parse().ok()? })
}

/// Asks to be told when everything sent so far has been played.
#[must_use]
pub fn mark(mark: Mark) -> String {
    let id = format!("{}-{}", mark.epoch, mark.frames);
    json!({ "command": "MARK_MEDIA", "correlation_id": id }).to_string()
}

/// Throws away everything that was sent and not played, marks included.
pub const FLUSH: &str = r#"{"command":"FLUSH_MEDIA"}"#;

/// Ends the channel; the dialplan goes on.
pub const HANG_UP: &str = r#"{"command":"HANGUP"}"#;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_events_of_asterisk_are_read_and_strangers_are_nothing_special() {
        let start = r#"{"event":"MEDIA_START","connection_id":"c","channel":"WebSocket/m/0x1",
            "channel_id":"1.2","format":"slin16","optimal_frame_size":640,"ptime":20,
            "channel_variables":{"A":"b"},"new":[1]}"#;
        let Ok(Said::Start(start)) = read(start) else { panic!("not read") };
        assert_eq!((start.rate(), start.channel.as_str()), (Ok(16_000), "WebSocket/m/0x1"));
        for (text, said) in [
            (r#"{"event":"DTMF_END","channel_id":"1","digit":"7"}"#, Said::Digit('7')),
            (r##"{"event":"DTMF_END","digit":"#"}"##, Said::Digit('#')),
            (r#"{"event":"MEDIA_XOFF"}"#, Said::Xoff),
            (r#"{"event":"MEDIA_XON","channel_id":"1"}"#, Said::Xon),
            (r#"{"event":"QUEUE_DRAINED"}"#, Said::Other),
            (r#"{"event":"SOMETHING_NEW","x":{}}"#, Said::Other),
            (r#"{"event":"MEDIA_MARK_PROCESSED","correlation_id":"of others"}"#, Said::Other),
        ] {
            assert_eq!(read(text), Ok(said), "{text}");
        }
    }

    #[test]
    fn what_is_no_event_is_told_apart_from_the_old_plain_form() {
        let plain = "MEDIA_START connection_id:e2 channel:WebSocket/c format:ulaw ptime:20";
        assert_eq!(read(plain), Err(Unreadable::PlainText));
        for text in ["", "{", "[]", "7", r#"{"command":"HANGUP"}"#, "\u{0}"] {
            assert_eq!(read(text), Err(Unreadable::NoEvent), "{text}");
        }
        for text in [
            r#"{"event":"MEDIA_START"}"#,
            r#"{"event":"MEDIA_START","format":"slin","optimal_frame_size":-1}"#,
            r#"{"event":"DTMF_END"}"#,
            r#"{"event":"DTMF_END","digit":"12"}"#,
            r#"{"event":"DTMF_END","digit":"x"}"#,
        ] {
            assert_eq!(read(text), Err(Unreadable::Incomplete), "{text}");
        }
    }

    #[test]
    fn only_linear_audio_in_whole_frames_is_taken() {
        let start = |format: &str, frame_bytes| Start {
            format: format.into(),
            frame_bytes,
            channel: String::new(),
        };
        for (name, rate) in FORMATS {
            assert_eq!(start(name, frame_bytes(rate)).rate(), Ok(rate));
            assert!(frame_bytes(rate) <= MEDIA_BYTES_MAX);
        }
        assert_eq!(start("ulaw", 160).rate(), Err("format"));
        assert_eq!(start("slin16", 320).rate(), Err("frame_size"));
    }

    #[test]
    fn every_command_is_short_enough_to_be_read_and_a_mark_comes_back_as_it_went() {
        let most = Mark { epoch: u32::MAX, frames: u64::MAX };
        let command = mark(most);
        assert!([command.as_str(), FLUSH, HANG_UP].iter().all(|one| one.len() <= TEXT_BYTES_MAX));
        let sent: Value = serde_json::from_str(&command).unwrap();
        let back = json!({ "event": "MEDIA_MARK_PROCESSED",
            "correlation_id": sent["correlation_id"] });
        assert_eq!(read(&back.to_string()), Ok(Said::Marked(most)));
    }

    const KEYS: &[&str] = &[
        "event",
        "MEDIA_START",
        "DTMF_END",
        "MEDIA_XOFF",
        "MEDIA_MARK_PROCESSED",
        "ERROR",
        "digit",
        "format",
        "slin16",
        "optimal_frame_size",
        "channel",
        "correlation_id",
        "1-2",
        "error_text",
    ];

    proptest! {
        #[test]
        fn whatever_comes_is_an_event_or_a_clear_no(
            mut value in crate::fuzz::json(KEYS),
            event in prop::sample::select(KEYS),
        ) {
            let _ = read(&value.to_string());
            if let Some(fields) = value.as_object_mut() {
                fields.insert("event".into(), event.into());
                match read(&value.to_string()) {
                    Ok(Said::Digit(key)) => prop_assert!("0123456789*#ABCD".contains(key)),
                    Ok(Said::Error(text)) => prop_assert!(text.chars().count() <= TEXT_BYTES_MAX),
                    Err(no) => prop_assert_eq!(no, Unreadable::Incomplete),
                    Ok(_) => {}
                }
            }
        }

        #[test]
        fn spoilt_text_is_no_panic(
            bytes in crate::fuzz::spoilt(br#"{"event":"MEDIA_START","format":"slin","optimal_frame_size":320}"#),
        ) {
            let _ = read(&String::from_utf8_lossy(&bytes));
        }
    }
}
