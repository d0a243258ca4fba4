//! What counts as said: Whisper describes noises in brackets, and invents words in silence.

use crate::stt::LISTEN_RATE;

/// Above this Whisper itself believes that nobody spoke; its words count only if it is sure of
/// them. The threshold of Whisper's authors.
const NO_SPEECH_MAX: f32 = 0.6;
/// "Sure": the mean probability of the words.
const SURE_MIN: f32 = 0.6;
/// Below this the words are noise. Tried on telephone speech: a good voice has 0.69 and more, a
/// robot that is half misunderstood 0.31 and more, street noise 0.11 at the most.
const GUESS_MAX: f32 = 0.2;
/// Nobody says a word so often in a row; Whisper does, in a tone.
const REPEATS_MAX: usize = 5;

/// The loudest 20 ms of silence on a line stay below this: -50 dB under full scale. A whisper into
/// a telephone is 10 dB louder.
const AUDIBLE_RMS_MIN: f32 = 104.0;

/// Is there anything loud enough to be speech? Judged by the loudest frame of 20 ms.
pub fn audible(audio: &[i16]) -> bool {
    audio.chunks(LISTEN_RATE as usize / 50).any(|frame| {
        let energy: f32 = frame.iter().map(|&sample| f32::from(sample).powi(2)).sum();
        (energy / frame.len() as f32).sqrt() >= AUDIBLE_RMS_MIN
    })
}

/// The words of a segment without what Whisper adds of its own: `[BLANK_AUDIO]`, `(door slams)`,
/// `*coughs*`, notes of music. Empty if nothing is left that holds a letter or a figure.
pub fn words_only(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut closing = None;
    for letter in text.chars() {
        match (closing, letter) {
            (Some(close), _) if letter == close => closing = None,
            (None, '[') => closing = Some(']'),
            (None, '(') => closing = Some(')'),
            (None, '*') => closing = Some('*'),
            (Some(_), _) | (None, '♪' | '♫' | '\u{fffd}') => {}
            (None, _) => kept.push(letter),
        }
    }
    let words: Vec<&str> = kept.split_whitespace().collect();
    let words = once(&words);
    if words.iter().any(|word| word.chars().any(char::is_alphanumeric)) {
        words.join(" ")
    } else {
        String::new()
    }
}

/// Whisper sometimes writes a whole sentence twice; nobody repeats three words and more to the
/// letter without a breath.
fn once<'a, 'w>(words: &'a [&'w str]) -> &'a [&'w str] {
    let half = words.len() / 2;
    let doubled = words.len().is_multiple_of(2) && half >= 3 && words[..half] == words[half..];
    if doubled { &words[..half] } else { words }
}

/// Were these words more likely invented than spoken? `no_speech` and `sure` from 0 to 1.
pub fn invented(words: &str, no_speech: f32, sure: f32) -> bool {
    sure < GUESS_MAX || (no_speech > NO_SPEECH_MAX && sure < SURE_MIN) || stuck(words)
}

fn stuck(words: &str) -> bool {
    let words: Vec<&str> = words.split_whitespace().collect();
    words.windows(REPEATS_MAX + 1).any(|run| run.iter().all(|word| *word == run[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_written_twice_was_said_once() {
        let twice = "Do you have four in stock? Do you have four in stock?";
        assert_eq!(words_only(twice), "Do you have four in stock?");
        assert_eq!(words_only("no no"), "no no", "short words are repeated by people");
        assert_eq!(words_only("one two three one two four"), "one two three one two four");
    }

    #[test]
    fn what_whisper_adds_of_its_own_is_not_said() {
        for noise in ["[BLANK_AUDIO]", " (wind blowing)", "*coughs*", "♪ ♪", " ...", "[MUSIC", ""]
        {
            assert_eq!(words_only(noise), "", "{noise}");
        }
        assert_eq!(words_only(" Yes (laughs), four  of them."), "Yes , four of them.");
        assert_eq!(words_only("205/55 R16"), "205/55 R16");
    }

    #[test]
    fn quiet_audio_is_not_speech_and_one_loud_frame_is() {
        let mut audio = vec![30_i16; 16_000];
        assert!(!audible(&audio));
        assert!(!audible(&[]));
        audio[8_000..8_320].fill(400);
        assert!(audible(&audio));
    }

    #[test]
    fn doubtful_words_are_invented() {
        assert!(invented("thank you", 0.9, 0.3), "in silence");
        assert!(!invented("thank you", 0.9, 0.9), "sure words stay");
        assert!(!invented("thank you", 0.1, 0.3), "in speech, doubtful words stay");
        assert!(invented("I'm a", 0.0, 0.1), "a guess");
    }

    #[test]
    fn a_word_again_and_again_is_invented_but_a_phone_number_is_not() {
        assert!(invented("so be be be be be be", 0.0, 0.8));
        assert!(!invented("no no no no no, 7 7 7 7 7", 0.0, 0.8));
    }
}
