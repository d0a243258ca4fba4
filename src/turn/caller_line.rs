//! What the caller said: from text to a turn of theirs.

use super::call::{Call, Phase};
use super::endpointing::Utterance;
use super::questions::asks_for_more;
use super::speech::Kind;
use super::{Effect, HangUpReason, Note, Speaker, TurnNote};
use crate::clock::CallTime;
use crate::language::Language;
use crate::language::answer::{self, Answer, classify};
use crate::language::detect::{language_asked_for, language_of};
use crate::language::phrases::{Phrase, phrase};

/// An utterance of at most so many characters that asks us not to record asks for nothing else.
const PLAIN_REQUEST_CHARS: usize = 60;

/// The caller's turn that we are answering, or have answered.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of a turn, not one state")]
pub(super) struct Turn {
    /// Counts the caller's turns.
    pub(super) serial: u32,
    /// Its line in the log.
    pub(super) number: u32,
    /// The caller's last sound, and the decision that it was the last; none before the first turn.
    times: Option<(CallTime, CallTime)>,
    /// The same of the words that this turn is made of, if they were spoken and are a part of the
    /// conversation: more may belong to them.
    pub(super) spoken: Option<(CallTime, CallTime)>,
    /// The model is to be asked as soon as nothing stands in the way.
    pub(super) owed: bool,
    /// A barge-in ended the answer before it was complete.
    pub(super) cut_short: bool,
    pub(super) asks: u32,
    pub(super) tools: u32,
    /// Something of ours, or the answer itself, sounded since.
    first_audio_ms: Option<u64>,
    pub(super) answer_sounded: bool,
    pub(super) goodbye: bool,
    pub(super) wants_operator: bool,
    /// A tool answered, so that words now are an answer.
    pub(super) informed: bool,
    pub(super) effect_done: bool,
    /// The next question to the model is a nudge; and there has been one.
    pub(super) nudge_owed: bool,
    pub(super) nudged: bool,
}

impl Turn {
    pub(super) fn endpointing_ms(&self) -> Option<u64> {
        self.times.map(|(ended, decided)| decided.ms_since(ended))
    }

    /// When the decision fell that the caller's turn is over.
    pub(super) fn decided(&self) -> Option<CallTime> {
        self.times.map(|(_, decided)| decided)
    }

    pub(super) fn sounded(&mut self, kind: Kind) {
        self.answer_sounded |= kind != Kind::Filler;
    }
}

/// A recognised line of the caller.
#[derive(Debug)]
pub(super) struct CallerLine {
    pub(super) text: String,
    pub(super) confidence: Option<f32>,
    pub(super) stt_latency_ms: Option<u64>,
    /// Its first sound; none if it was typed.
    pub(super) began_at: Option<CallTime>,
    pub(super) ended_at: CallTime,
    pub(super) decided_at: CallTime,
}

/// Counts utterances in a row in a language that is not the call's.
#[derive(Debug, Default)]
pub(super) struct Follower {
    last: Option<Language>,
}

impl Follower {
    /// The language to change to, if two utterances in a row were in it.
    pub(super) fn hear(&mut self, heard: Option<Language>, current: Language) -> Option<Language> {
        let other = heard.filter(|language| *language != current);
        let twice = other.is_some() && other == self.last;
        if heard.is_some() {
            self.last = if twice { None } else { other };
        }
        other.filter(|_| twice)
    }
}

impl Call {
    pub(super) fn take_text(
        &mut self,
        utterance: &Utterance,
        text: String,
        confidence: Option<f32>,
        stt_latency_ms: Option<u64>,
    ) {
        if text.is_empty() {
            return self.take_nothing(utterance);
        }
        if self.is_backchannel(utterance, &text) {
            return self.resume_after_nothing();
        }
        let (ended_at, decided_at) = (utterance.ended_at, utterance.decided_at);
        self.voice_of_answer = utterance.voiced_at;
        self.keys_interrupted_by_words();
        self.pace.turn(ended_at.ms_since(utterance.began_at), utterance.pause_ms);
        let began_at = Some(utterance.began_at);
        self.take_line(CallerLine {
            text,
            confidence,
            stt_latency_ms,
            began_at,
            ended_at,
            decided_at,
        });
    }

    /// No words. Once is a noise; again in our silence is a caller whom we do not hear.
    fn take_nothing(&mut self, utterance: &Utterance) {
        let lasted = utterance.ended_at.ms_since(utterance.voiced_at) >= self.limits.barge_in_ms;
        if lasted && !utterance.over_us && !self.turn.owed && !self.turn.cut_short {
            self.empty_turns += 1;
            if self.empty_turns > 1 && self.is_open() && !self.speech.is_busy() {
                return self.fail_turn(Phrase::ApologyRepeat);
            }
        }
        self.resume_after_nothing();
    }

    pub(super) fn take_failure(&mut self, utterance: &Utterance) {
        self.turn.times = Some((utterance.ended_at, utterance.decided_at));
        self.turn.first_audio_ms = None;
        self.turn.owed = false;
        self.bad_turn();
    }

    /// A line of the caller, spoken or typed on the keys.
    pub(super) fn take_line(&mut self, mut line: CallerLine) {
        line.text = self.spread_card.mask(line.text);
        self.take_masked(&line);
    }

    fn take_masked(&mut self, line: &CallerLine) {
        self.empty_turns = 0;
        self.silence.restart();
        self.mood.hear(&line.text, self.language);
        if self.rating_takes_words(&line.text) {
            let number = self.next_turn_number();
            return self.note_caller(number, line);
        }
        let whole = self.taken_back(line);
        let words = whole.as_deref().unwrap_or(&line.text);
        self.hear_facts(words);
        let answer = classify(words, self.language);
        // "No, thanks" to "anything else?" takes leave as well as a goodbye does.
        let done = answer == Some(Answer::No) && asks_for_more(&self.speech.last_heard);
        let goodbye = answer == Some(Answer::Goodbye) || done;
        let refuses_recording = answer::refuses_recording(words, self.language);
        if refuses_recording && !self.transcript_off {
            self.transcript_off = true;
            self.emit(Effect::Note(Note::TranscriptOff));
        }
        self.follow_language(&line.text);
        let number = self.next_turn_number();
        self.note_caller(number, line);
        if matches!(self.phase, Phase::Leaving(_)) {
            if goodbye {
                return;
            }
            self.phase = Phase::Open;
        }
        // A filler that bridged the wait for these very words is no answer to anything older: it
        // is heard out, and the answer follows it.
        if !self.speech.is_filler_since(line.ended_at) {
            self.hush();
        }
        self.speech.forget_taken();
        self.drop_generation();
        let informed = self.turn.owed && self.turn.informed;
        // What sounded while the recogniser was still at work was first.
        let same = self.turn.times == Some((line.ended_at, line.decided_at));
        let first_audio_ms = self.turn.first_audio_ms.filter(|_| same);
        self.turn = Turn {
            serial: self.turn.serial + 1,
            number,
            times: Some((line.ended_at, line.decided_at)),
            first_audio_ms,
            goodbye: goodbye && !self.consent.waits_for_answer() || answer == Some(Answer::Goodbye),
            wants_operator: answer == Some(Answer::Operator),
            informed,
            spoken: line.began_at.map(|_| (line.ended_at, line.decided_at)),
            ..Turn::default()
        };
        if self.turn.serial >= self.limits.turns_max {
            return self.leave(HangUpReason::Limit, Phrase::LimitFarewell);
        }
        if self.consent_takes(answer, words) || self.offer_takes(answer, words) {
            self.turn.spoken = None;
            return;
        }
        self.history.push_caller(words, self.limits.utterance_chars_max);
        self.turn.owed = true;
        if std::mem::take(&mut self.notice_owed) {
            self.say(Kind::Script, phrase(Phrase::Notice, self.language));
        }
        if refuses_recording && line.text.chars().count() <= PLAIN_REQUEST_CHARS {
            self.turn.owed = false;
            self.say(Kind::Script, phrase(Phrase::RecordingOff, self.language));
        } else if self.turn.goodbye {
            self.rating_asked();
        }
    }

    /// A key that was pressed in the place of words, for the log.
    pub(super) fn log_key(&mut self, key: char) {
        let number = self.next_turn_number();
        self.note_caller(
            number,
            &CallerLine {
                text: key.to_string(),
                confidence: None,
                stt_latency_ms: None,
                began_at: None,
                ended_at: self.now,
                decided_at: self.now,
            },
        );
    }

    fn note_caller(&mut self, turn_number: u32, line: &CallerLine) {
        let note = TurnNote {
            turn_number,
            speaker: Speaker::Customer,
            content: self.kept(line.text.clone()),
            language: self.language,
            stt_confidence: line.confidence,
            stt_latency_ms: line.stt_latency_ms,
            llm_latency_ms: None,
            tts_latency_ms: None,
            endpointing_ms: None,
            first_audio_ms: None,
            interrupted: false,
        };
        self.emit(Effect::Note(Note::Turn(note)));
    }

    fn follow_language(&mut self, text: &str) {
        // Who asks for a language need not speak it first: "do you speak English?" in Ukrainian.
        let asked = language_asked_for(text).filter(|language| *language != self.language);
        let followed = self.follower.hear(language_of(text), self.language);
        if let Some(language) = asked.or(followed) {
            self.language = language;
            self.emit(Effect::Note(Note::LanguageChanged { language }));
        }
    }

    /// The caller's turn is over: whatever sounds next is our first audio.
    pub(super) fn await_first_audio(&mut self, ended_at: CallTime, decided_at: CallTime) {
        self.turn.times = Some((ended_at, decided_at));
        self.turn.first_audio_ms = None;
    }

    /// Our first frame after the caller's turn is noted once; later lines of the answer share it.
    pub(super) fn first_audio(&mut self) -> Option<u64> {
        let (ended, decided) = self.turn.times?;
        if self.turn.first_audio_ms.is_none() {
            let first_audio_ms = self.now.ms_since(ended);
            let since_decision_ms = self.now.ms_since(decided);
            self.turn.first_audio_ms = Some(first_audio_ms);
            self.emit(Effect::Note(Note::FirstAudio { first_audio_ms, since_decision_ms }));
        }
        self.turn.first_audio_ms
    }
}
