//! The recognised set: what the local recogniser made of English lines, spoken and cut to the
//! band of a telephone. See `callers/recognised.en.toml` for where they come from.

use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    list: String,
    /// For the reader of the file.
    #[serde(rename = "said")]
    _said: String,
    heard: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    line: Vec<Pair>,
}

/// The texts heard, by the list of the book that the line stands in. A line of which nothing was
/// heard is left out: who is not heard at all says it again.
pub fn heard() -> BTreeMap<String, Vec<String>> {
    let text = include_str!("callers/recognised.en.toml");
    let file: File = toml::from_str(text).unwrap_or_else(|error| panic!("recognised: {error}"));
    let mut lists = BTreeMap::<String, Vec<String>>::new();
    for pair in file.line.into_iter().filter(|pair| !pair.heard.is_empty()) {
        lists.entry(pair.list).or_default().push(pair.heard);
    }
    lists
}

/// Makes `callers/recognised.en.toml` anew from the recordings in the folder that
/// `TREADLINE_RECORDINGS` names and their list of words, `TREADLINE_RECORDED`:
/// `.make/recognised.py` lists the words, `.make/fixtures.py` speaks them.
#[cfg(feature = "local-stt")]
#[tokio::test]
#[ignore = "makes the recognised set anew, from recordings that are not part of the project"]
async fn the_recognised_set_is_made_anew() {
    use std::fmt::Write as _;
    use std::path::Path;
    use treadline::caller::wav;
    use treadline::stt::local::LocalStt;
    use treadline::stt::{LISTEN_RATE, ListenOptions, SpeechToText as _};

    let set = |name| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let folder = set("TREADLINE_RECORDINGS");
    let words = std::fs::read_to_string(set("TREADLINE_RECORDED")).expect("the list of words");
    let model = treadline::parts::whisper_model().expect("a home");
    let ears = std::sync::Arc::new(LocalStt::load(&model, 1).expect("a model"));
    let mut text = String::from(HEADING);
    for line in words.lines() {
        let (name, said) = line.split_once('\t').expect("a name, a tab, the words");
        let (list, _) = name.rsplit_once('.').expect("a list and a place");
        let file = Path::new(&folder).join(format!("{name}.wav"));
        let audio = wav::read(&file, LISTEN_RATE).expect("a recording");
        let mut listener = ears.open(ListenOptions::default()).await.expect("it listens");
        listener.begin();
        for frame in audio.chunks(LISTEN_RATE as usize / 50) {
            listener.push(frame);
        }
        let heard = listener.transcribe().await.expect("it hears").text;
        println!("{said:?} -> {heard:?}");
        let _ = writeln!(text, "[[line]]\nlist = {list:?}\nsaid = {said:?}\nheard = {heard:?}\n");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/conversations/callers/recognised.en.toml");
    std::fs::write(path, text).expect("it is written");
}

#[cfg(feature = "local-stt")]
const HEADING: &str = "\
# What the local recogniser (Whisper tiny.en) made of English lines of callers.
#
# Source: two lines of every list of en.toml with one fixed wording for each value
# (.make/recognised.py), spoken by the voice of the recordings (hibari-tts 0.2.1, voice heart, see
# tests/fixtures/audio/README.md), cut to the band of a telephone and to 8 kHz (.make/fixtures.py),
# recognised as a call is: by the ignored test of tests/conversations/recognised.rs. Not edited.

";
