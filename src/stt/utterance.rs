//! For recognisers that take one utterance at a time: collects the audio, asks when told to.

use crate::stt::{LISTEN_RATE, ListenOptions, Listener, SttError, Transcript};
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// The longest utterance that is kept, seconds: what Whisper hears at once. Of a longer one the
/// last words are kept, because they are the ones that wait for an answer.
pub const UTTERANCE_S_MAX: usize = 30;

const SAMPLES_MAX: usize = UTTERANCE_S_MAX * LISTEN_RATE as usize;
/// Old audio goes a second at a time, so that a long utterance is not moved with every frame.
const FORGET_SAMPLES: usize = LISTEN_RATE as usize;

/// One question to a recogniser.
#[derive(Debug, Clone)]
pub struct Utterance {
    /// Mono, 16 kHz, at most [`UTTERANCE_S_MAX`] seconds.
    pub audio: Arc<Vec<i16>>,
    /// What is known of the call.
    pub options: Arc<ListenOptions>,
}

impl Utterance {
    /// Its length, milliseconds.
    #[must_use]
    pub fn audio_ms(&self) -> u64 {
        self.audio.len() as u64 * 1_000 / u64::from(LISTEN_RATE)
    }

    /// Its length, seconds.
    #[must_use]
    pub fn seconds(&self) -> f32 {
        self.audio.len() as f32 / LISTEN_RATE as f32
    }
}

/// Turns whole utterances into text; shared by all calls.
pub trait Recognizer: Send + Sync + 'static {
    /// The text of an utterance. Dropping the future cancels the question.
    fn recognize(&self, utterance: Utterance) -> BoxFuture<'static, Result<Transcript, SttError>>;
}

/// The [`Listener`] of every recogniser that works by the utterance.
pub struct UtteranceListener {
    recognizer: Arc<dyn Recognizer>,
    options: Arc<ListenOptions>,
    audio: Arc<Vec<i16>>,
}

impl UtteranceListener {
    /// A listener for one call.
    #[must_use]
    pub fn new(recognizer: Arc<dyn Recognizer>, options: ListenOptions) -> Self {
        Self { recognizer, options: Arc::new(options), audio: Arc::default() }
    }
}

impl Listener for UtteranceListener {
    fn begin(&mut self) {
        self.audio = Arc::default();
    }

    fn push(&mut self, samples: &[i16]) {
        // Copies only while an earlier question still holds the audio.
        let audio = Arc::make_mut(&mut self.audio);
        audio.extend_from_slice(samples);
        if audio.len() > SAMPLES_MAX {
            let surplus = (audio.len() - SAMPLES_MAX).next_multiple_of(FORGET_SAMPLES);
            audio.drain(..surplus.min(audio.len()));
        }
    }

    fn transcribe(&mut self) -> BoxFuture<'static, Result<Transcript, SttError>> {
        if self.audio.is_empty() {
            return Box::pin(std::future::ready(Ok(Transcript::default())));
        }
        self.recognizer.recognize(Utterance {
            audio: Arc::clone(&self.audio),
            options: Arc::clone(&self.options),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says how many samples it was given and what the last one was.
    struct Counting;

    impl Recognizer for Counting {
        fn recognize(
            &self,
            utterance: Utterance,
        ) -> BoxFuture<'static, Result<Transcript, SttError>> {
            let last = utterance.audio.last().copied().unwrap_or_default();
            let text = format!("{} {last}", utterance.audio.len());
            Box::pin(async move { Ok(Transcript { text, confidence: None }) })
        }
    }

    fn listener() -> UtteranceListener {
        UtteranceListener::new(Arc::new(Counting), ListenOptions::default())
    }

    #[tokio::test]
    async fn a_question_holds_what_was_pushed_before_it() {
        let mut ears = listener();
        ears.push(&[1; 320]);
        let first = ears.transcribe();
        ears.push(&[2; 320]);
        let second = ears.transcribe();
        assert_eq!(first.await.unwrap().text, "320 1");
        assert_eq!(second.await.unwrap().text, "640 2");
    }

    #[tokio::test]
    async fn a_new_utterance_forgets_the_one_before() {
        let mut ears = listener();
        ears.push(&[1; 320]);
        ears.begin();
        assert_eq!(ears.transcribe().await.unwrap().text, "", "nothing said, nobody asked");
        ears.push(&[3; 160]);
        assert_eq!(ears.transcribe().await.unwrap().text, "160 3");
    }

    #[tokio::test]
    async fn of_a_long_utterance_the_end_is_kept() {
        let mut ears = listener();
        for frame in 0..(UTTERANCE_S_MAX as i16 + 5) * 50 {
            ears.push(&[frame; 320]);
        }
        let heard = ears.transcribe().await.unwrap().text;
        let (count, last) = heard.split_once(' ').unwrap();
        let count: usize = count.parse().unwrap();
        assert!((SAMPLES_MAX - FORGET_SAMPLES..=SAMPLES_MAX).contains(&count), "{count}");
        assert_eq!(last, "1749");
    }

    #[tokio::test]
    async fn one_push_longer_than_the_limit_is_cut_too() {
        let mut ears = listener();
        ears.push(&vec![7; SAMPLES_MAX * 2]);
        assert_eq!(ears.transcribe().await.unwrap().text, format!("{SAMPLES_MAX} 7"));
    }
}
