//! A voice that remembers our own phrases: the greeting, a sign of life, a farewell. The second time
//! they are at hand at once and cost nothing.
//!
//! Only texts that were named beforehand are kept. Anything else may hold somebody's name, and
//! nothing is kept of a call that has ended.

use super::{TextToSpeech, TtsError, Voiced};
use crate::breaker::Breaker;
use crate::language::Language;
use crate::language::phrases::{Lookup, Phrase, phrase};
use crate::language::spoken::speak;
use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// A phrase that takes longer is none: samples of 30 s at 24 kHz.
const SAMPLES_MAX: usize = 720_000;
/// A remembered phrase is handed out in pieces of so many samples, as a voice would.
const PIECE: usize = 4_800;
/// Fillers walk through a pool; no language has more.
const FILLERS_MAX: u32 = 8;

type Key = (Language, String);

struct Sound {
    rate: u32,
    samples: Vec<i16>,
}

/// A voice in front of another.
pub struct Remembered {
    voice: Arc<dyn TextToSpeech>,
    wanted: HashSet<Key>,
    kept: Arc<Mutex<HashMap<Key, Arc<Sound>>>>,
}

impl Remembered {
    /// Remembers `voice` saying these texts, which have their figures in words.
    pub fn new(
        voice: Arc<dyn TextToSpeech>,
        texts: impl IntoIterator<Item = (Language, String)>,
    ) -> Self {
        Self { voice, wanted: texts.into_iter().collect(), kept: Arc::default() }
    }

    /// Has all texts of this language made now, one after the other, without waiting for it. What
    /// fails is made when it is said.
    pub fn prepare(self: &Arc<Self>, language: Language) {
        let this = Arc::clone(self);
        let texts: Vec<Key> = self.wanted.iter().filter(|key| key.0 == language).cloned().collect();
        tokio::spawn(async move {
            for (language, text) in texts {
                let Ok(mut voiced) = this.speak(&text, language).await else { return };
                while let Some(piece) = voiced.audio.next().await {
                    if piece.is_err() {
                        return;
                    }
                }
            }
        });
    }

    fn sound(&self, key: &Key) -> Option<Arc<Sound>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }
}

#[async_trait]
impl TextToSpeech for Remembered {
    fn name(&self) -> &'static str {
        self.voice.name()
    }

    fn breaker(&self) -> Option<&Breaker> {
        self.voice.breaker()
    }

    async fn speak(&self, text: &str, language: Language) -> Result<Voiced, TtsError> {
        let key = (language, text.to_owned());
        if !self.wanted.contains(&key) {
            return self.voice.speak(text, language).await;
        }
        if let Some(sound) = self.sound(&key) {
            return Ok(said_again(sound));
        }
        let voiced = self.voice.speak(text, language).await?;
        Ok(overheard(voiced, Arc::clone(&self.kept), key))
    }
}

fn said_again(sound: Arc<Sound>) -> Voiced {
    let rate = sound.rate;
    let pieces = stream::unfold((sound, 0), |(sound, from)| async move {
        let end = (from + PIECE).min(sound.samples.len());
        let piece = sound.samples.get(from..end).filter(|piece| !piece.is_empty())?.to_vec();
        Some((Ok(piece), (sound, end)))
    });
    Voiced { rate, audio: pieces.boxed() }
}

/// The same speech; when all of it has come, it is kept.
fn overheard(voiced: Voiced, kept: Arc<Mutex<HashMap<Key, Arc<Sound>>>>, key: Key) -> Voiced {
    let Voiced { rate, audio } = voiced;
    let heard = stream::unfold(
        (audio, Some((kept, key)), Vec::new()),
        move |(mut audio, mut place, mut samples)| async move {
            let piece = audio.next().await;
            match &piece {
                Some(Ok(sound)) if samples.len() + sound.len() <= SAMPLES_MAX => {
                    samples.extend_from_slice(sound);
                }
                Some(_) => place = None,
                None => {
                    if let Some((kept, key)) = place.take().filter(|_| !samples.is_empty()) {
                        let samples = std::mem::take(&mut samples);
                        let sound = Arc::new(Sound { rate, samples });
                        kept.lock().unwrap_or_else(PoisonError::into_inner).insert(key, sound);
                    }
                }
            }
            piece.map(|piece| (piece, (audio, place, samples)))
        },
    );
    Voiced { rate, audio: heard.boxed() }
}

/// The phrases of ours in which nobody is named, as a voice is given them: the greetings of this
/// shop, signs of life, questions whether somebody is there, farewells.
pub fn own_phrases(shop_name: &str) -> Vec<(Language, String)> {
    let mut wanted = Vec::new();
    for language in [Language::Uk, Language::En, Language::Ru] {
        let greetings =
            (0..24).map(|hour| Phrase::Greeting { shop_name, hour, customer_name: None });
        let fillers = (0..FILLERS_MAX).map(Phrase::Filler);
        let others = [
            Phrase::ToolWait,
            Phrase::SilencePrompt(1),
            Phrase::SilencePrompt(2),
            Phrase::SilenceYesNo,
            Phrase::SilenceFarewell,
            Phrase::Farewell,
            Phrase::ApologyRepeat,
            Phrase::ApologyTrouble,
            Phrase::TransferNow,
            Phrase::TransferBecauseTrouble,
            Phrase::TakeYourTime,
            Phrase::Notice,
        ];
        let lookups = Lookup::ALL.map(Phrase::LookingUp);
        let all = greetings.chain(fillers).chain(others).chain(lookups);
        wanted.extend(all.map(|one| (language, speak(&phrase(one, language), language))));
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::turn::Failure;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Counts how often it is asked; breaks off the first time if it is told to.
    struct Counting {
        asked: AtomicUsize,
        breaks: bool,
    }

    #[async_trait]
    impl TextToSpeech for Counting {
        fn name(&self) -> &'static str {
            "counting"
        }

        async fn speak(&self, _text: &str, _language: Language) -> Result<Voiced, TtsError> {
            let nth = self.asked.fetch_add(1, Ordering::Relaxed);
            let mut pieces = vec![Ok(vec![1; 6_000]), Ok(vec![2; 3_000])];
            if self.breaks && nth == 0 {
                let (provider, failure) = ("counting", Failure::Unreachable);
                pieces[1] = Err(TtsError { provider, failure, detail: "it broke off".into() });
            }
            Ok(Voiced { rate: 24_000, audio: stream::iter(pieces).boxed() })
        }
    }

    fn voice(breaks: bool) -> (Arc<Counting>, Arc<Remembered>) {
        let inner = Arc::new(Counting { asked: AtomicUsize::new(0), breaks });
        let texts = [(Language::En, "One moment.".to_owned())];
        let outer = Remembered::new(Arc::clone(&inner) as Arc<dyn TextToSpeech>, texts);
        (inner, Arc::new(outer))
    }

    async fn say(voice: &Remembered, text: &str, language: Language) -> Vec<i16> {
        let voiced = voice.speak(text, language).await.expect("it speaks");
        assert_eq!(voiced.rate, 24_000);
        let pieces: Vec<_> = voiced.audio.collect().await;
        pieces.into_iter().filter_map(Result::ok).flatten().collect()
    }

    #[tokio::test]
    async fn a_phrase_of_ours_is_made_once_and_sounds_the_same_again() {
        let (inner, voice) = voice(false);
        let first = say(&voice, "One moment.", Language::En).await;
        let again = say(&voice, "One moment.", Language::En).await;
        assert_eq!(first.len(), 9_000);
        assert_eq!(first, again);
        assert_eq!(inner.asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn anything_else_is_kept_by_nobody() {
        let (inner, voice) = voice(false);
        for _ in 0..2 {
            say(&voice, "Good morning, Olena.", Language::En).await;
            say(&voice, "One moment.", Language::Uk).await;
        }
        assert_eq!(inner.asked.load(Ordering::Relaxed), 4);
    }

    #[tokio::test]
    async fn a_phrase_that_broke_off_or_was_cut_is_made_again() {
        let (inner, voice) = voice(true);
        say(&voice, "One moment.", Language::En).await;
        let mut cut = voice.speak("One moment.", Language::En).await.expect("it speaks");
        cut.audio.next().await;
        drop(cut);
        assert_eq!(say(&voice, "One moment.", Language::En).await.len(), 9_000);
        assert_eq!(inner.asked.load(Ordering::Relaxed), 3);
        say(&voice, "One moment.", Language::En).await;
        assert_eq!(inner.asked.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn our_own_phrases_name_nobody_and_hold_every_filler() {
        let all = own_phrases("Kolo Tyres");
        for language in [Language::Uk, Language::En, Language::Ru] {
            for number in 0..FILLERS_MAX {
                let filler = speak(&phrase(Phrase::Filler(number), language), language);
                assert!(all.contains(&(language, filler)));
            }
        }
        assert!(all.iter().filter(|(_, text)| text.contains("Kolo Tyres")).count() >= 9);
    }
}
