//! The medium of a telephone call: a leg with an ear and a mouth.

use super::beside::Beside;
use super::ear::Ear;
use super::medium::{EventSender, Medium};
use super::mouth::Mouth;
use super::own_voice::OwnVoice;
use super::services::Frugal;
use super::{Ending, Opening, Services, Session, Unwatched};
use crate::asterisk::leg::{Leg, LegCommand};
use crate::asterisk::voice::Voice;
use crate::language::Language;
use crate::metering::Meter;
use crate::stt::ListenOptions;
use crate::turn::{SpeechId, TranscriptId};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::time::{Duration, timeout};

/// How long the other side may take to hang up after we gave the call back.
const GOODBYE_MS_MAX: u64 = 5_000;

/// A leg with an ear and a mouth.
struct Telephone {
    _beside: Beside,
    ear: Ear,
    mouth: Mouth,
    voice: Arc<dyn Voice>,
    control: mpsc::Sender<LegCommand>,
}

impl Medium for Telephone {
    fn say(&mut self, speech: SpeechId, text: String, language: Language) {
        self.mouth.say(speech, &text, language);
    }

    fn hush(&mut self) {
        self.mouth.hush();
    }

    fn transcribe(&mut self, transcript: TranscriptId) {
        self.voice.await_answer(true);
        self.ear.transcribe(transcript);
    }

    fn forget_utterance(&mut self) {
        self.ear.forget_utterance();
    }

    fn expect_language(&mut self, language: Language) {
        self.ear.expect(language);
    }

    fn measure(&mut self, meter: Meter) {
        self.ear.measure(meter.clone());
        self.mouth.measure(meter);
    }

    fn economise(&mut self, frugal: &Frugal, language: Language) {
        if let Some(voice) = &frugal.tts {
            self.mouth.speak_with(Arc::clone(voice));
        }
        if let Some((ears, languages)) = &frugal.stt
            && languages.contains(&language)
        {
            self.ear.hear_with(Arc::clone(ears));
        }
    }

    fn hand_back(&mut self) {
        // Full only if a hand-back is under way already.
        let _ = self.control.try_send(LegCommand::HandBack);
    }
}

/// Serves a caller on a leg until the call is over. `before_hand_back` learns how the call was
/// left before the dialplan can ask.
pub async fn answer_leg(
    services: Arc<Services>,
    leg: Leg,
    opening: Opening,
    hints: Vec<String>,
    sender: impl FnOnce(EventSender),
    before_hand_back: impl FnOnce(&Ending),
) {
    let (gone_sender, mut gone) = watch::channel(false);
    let Leg { events, voice, control, .. } = leg;
    voice.dress(&services.config.sound.wished());
    let stt = Arc::clone(&services.stt);
    let tts = Arc::clone(&services.tts);
    let told = Language::from_code(&services.config.stt.language);
    let session = Session::open(services, &opening, |report, language| {
        let beside = Beside::new(opening.line.as_ref(), report.clone());
        let own = OwnVoice::new(Arc::clone(&voice));
        let listen = ListenOptions { language: told.unwrap_or(language), hints };
        Telephone {
            ear: Ear::new(stt, listen, events, report.clone(), gone_sender, own),
            mouth: Mouth::new(tts, Arc::clone(&voice), report, beside.audible()),
            voice,
            _beside: beside,
            control,
        }
    })
    .await;
    sender(session.sender());
    let (ending, telephone) = session.run(&mut Unwatched, before_hand_back).await;
    tracing::info!(outcome = ?ending.outcome, next = ending.next, "the call is over");
    // The connection drains and closes by itself; wait so that the leg is not cut short.
    let _ = timeout(Duration::from_millis(GOODBYE_MS_MAX), gone.wait_for(|gone| *gone)).await;
    drop(telephone);
}
