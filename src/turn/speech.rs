//! What we said and what of it was heard.
//!
//! A line is what we say in one go: an answer, a greeting, a prompt. It is made of sentences; each
//! is one speech with its own handle, so that the first is spoken while the model still writes the
//! next. Only what was heard stays.

use super::call::Call;
use super::cut::{from_the_cut, heard_words};
use super::{Effect, Message, Note, Speaker, SpeechId, TurnNote};
use crate::clock::CallTime;
use crate::language::Language;
use std::collections::VecDeque;

/// Sentences that may wait to be spoken. A model that writes more is cut.
pub(super) const SENTENCES_WAITING_MAX: usize = 64;
/// Without any news of a speech for this long, milliseconds, it is given up …
pub(super) const SPEECH_MS_MAX: u64 = 45_000;
/// … and while it sounds for this much longer for each of its characters: there is no news between
/// its beginning and its end. Twice what an unhurried voice takes, numbers said in words included.
const CHARACTER_MS_MAX: u64 = 150;
/// The end of a hushed speech is told at once; this is for a shell that forgets it, milliseconds.
const HUSH_MS_MAX: u64 = 300;

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The model's words.
    Answer,
    /// Our own words that belong to the conversation.
    Script,
    /// What the caller is asked to agree to; said again by [`super::consent`] alone.
    ReadBack,
    /// Says only that we are alive; the model never sees it.
    Filler,
    /// Asks whether the caller is there; the model never sees it.
    Prompt,
    /// Said to an operator while the caller is away: no part of the conversation.
    Aside,
}

/// One sentence under way.
#[derive(Debug)]
struct Sentence {
    speech: SpeechId,
    text: String,
    started: bool,
    /// Hushed; its [`super::Event::SpeechCut`] has not come yet.
    hushed: bool,
}

/// What we say in one go.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) id: u32,
    kind: Kind,
    language: Language,
    opened_at: CallTime,
    /// More sentences may come.
    open: bool,
    heard: String,
    waiting: VecDeque<Sentence>,
    interrupted: bool,
    llm_latency_ms: Option<u64>,
    tts_latency_ms: Option<u64>,
    endpointing_ms: Option<u64>,
    first_audio_ms: Option<u64>,
}

/// All that is being said.
#[derive(Debug, Default)]
pub(super) struct Speech {
    lines: VecDeque<Line>,
    last_line: u32,
    speeches: u32,
    /// What a barge-in took away of sentences, to say it if it was a false one.
    taken: Vec<(Kind, String)>,
    /// The last sentence that the caller heard in full, for what we expect them to answer.
    pub(super) last_heard: String,
    /// The last news of any speech.
    news_at: CallTime,
}

impl Speech {
    /// Something of ours sounds or waits to sound.
    pub(super) fn is_busy(&self) -> bool {
        self.lines.iter().any(|line| line.waiting.iter().any(|sentence| !sentence.hushed))
    }

    /// Something of ours sounds right now.
    pub(super) fn is_sounding(&self) -> bool {
        let mut waiting = self.lines.iter().flat_map(|line| &line.waiting);
        waiting.any(|sentence| sentence.started && !sentence.hushed)
    }

    /// What sounds right now is a question.
    pub(super) fn sounds_as_question(&self) -> bool {
        let mut waiting = self.lines.iter().flat_map(|line| &line.waiting);
        let sounding = waiting.find(|sentence| sentence.started && !sentence.hushed);
        sounding.is_some_and(|sentence| sentence.text.trim_end().ends_with('?'))
    }

    /// Something was hushed and its end has not been told yet.
    pub(super) fn is_hushing(&self) -> bool {
        self.lines.iter().any(|line| line.waiting.iter().any(|sentence| sentence.hushed))
    }

    /// A sentence of this kind of line waits or sounds.
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.lines.iter().any(|line| line.kind == kind && line.waiting.iter().any(|s| !s.hushed))
    }

    /// Of what sounds or waits to sound there are only fillers that began after `since`.
    pub(super) fn is_filler_since(&self, since: CallTime) -> bool {
        let mut busy = self.lines.iter().filter(|line| line.waiting.iter().any(|s| !s.hushed));
        busy.all(|line| line.kind == Kind::Filler && line.opened_at >= since)
    }

    /// When waiting for news of a speech becomes pointless.
    pub(super) fn due(&self) -> Option<CallTime> {
        let waits = self.lines.iter().any(|line| !line.waiting.is_empty());
        let ms =
            if self.is_hushing() { HUSH_MS_MAX } else { SPEECH_MS_MAX + self.sounding_ms_max() };
        waits.then(|| self.news_at.plus_ms(ms))
    }

    /// How long the sentence that sounds may take, milliseconds.
    fn sounding_ms_max(&self) -> u64 {
        let started = self.lines.iter().flat_map(|line| &line.waiting).filter(|s| s.started);
        let chars = started.map(|sentence| sentence.text.chars().count() as u64).max();
        chars.unwrap_or_default() * CHARACTER_MS_MAX
    }

    /// Sentences under way.
    pub(super) fn waiting(&self) -> usize {
        self.lines.iter().map(|line| line.waiting.len()).sum()
    }

    /// The words of a line that the caller has heard or, unless cut off, is about to hear.
    pub(super) fn wording(&self, id: u32) -> Option<String> {
        let line = self.lines.iter().find(|line| line.id == id)?;
        let coming = line.waiting.iter().filter(|s| !s.hushed).map(|s| s.text.as_str());
        let heard = Some(line.heard.as_str()).filter(|text| !text.is_empty());
        let text: Vec<&str> = heard.into_iter().chain(coming).collect();
        (!text.is_empty()).then(|| text.join(" "))
    }

    /// Forgets what a barge-in took away.
    pub(super) fn forget_taken(&mut self) {
        self.taken.clear();
    }

    fn find(&mut self, speech: SpeechId) -> Option<(usize, usize)> {
        self.lines.iter().enumerate().find_map(|(at, line)| {
            line.waiting.iter().position(|s| s.speech == speech).map(|inner| (at, inner))
        })
    }
}

impl Call {
    /// Opens a line; sentences follow by [`Call::say_in`].
    pub(super) fn open_line(&mut self, kind: Kind, llm_latency_ms: Option<u64>) -> u32 {
        self.speech.last_line += 1;
        let id = self.speech.last_line;
        self.speech.lines.push_back(Line {
            id,
            kind,
            language: self.language,
            opened_at: self.now,
            open: true,
            heard: String::new(),
            waiting: VecDeque::new(),
            interrupted: false,
            llm_latency_ms,
            tts_latency_ms: None,
            endpointing_ms: (kind == Kind::Answer).then(|| self.turn.endpointing_ms()).flatten(),
            first_audio_ms: None,
        });
        if matches!(kind, Kind::Answer | Kind::Script | Kind::ReadBack) {
            self.history.push_line(id);
        }
        id
    }

    /// Says one sentence of an open line.
    pub(super) fn say_in(&mut self, id: u32, text: String) -> Option<SpeechId> {
        if self.speech.waiting() >= SENTENCES_WAITING_MAX {
            return None;
        }
        if !self.speech.is_busy() {
            self.speech.news_at = self.now;
        }
        self.speech.speeches += 1;
        let speech = SpeechId(self.speech.speeches);
        let line = self.speech.lines.iter_mut().find(|line| line.id == id)?;
        let language = line.language;
        let sentence = Sentence { speech, text: text.clone(), started: false, hushed: false };
        line.waiting.push_back(sentence);
        self.emit(Effect::Say { speech, text, language });
        Some(speech)
    }

    /// No more sentences will come for this line.
    pub(super) fn close_line(&mut self, id: u32) {
        if let Some(line) = self.speech.lines.iter_mut().find(|line| line.id == id) {
            line.open = false;
        }
        self.settle_lines();
    }

    /// Says a line of one sentence.
    pub(super) fn say(&mut self, kind: Kind, text: impl Into<String>) -> Option<SpeechId> {
        let id = self.open_line(kind, None);
        let speech = self.say_in(id, text.into());
        self.close_line(id);
        speech
    }

    /// Stops everything that we say or are about to say.
    pub(super) fn hush(&mut self) {
        if !self.speech.is_busy() {
            return;
        }
        self.speech.news_at = self.now;
        for line in &mut self.speech.lines {
            for sentence in &mut line.waiting {
                sentence.hushed = true;
            }
        }
        self.emit(Effect::Hush);
    }

    /// After a barge-in that was none: says what it took away, sentence by sentence.
    pub(super) fn say_taken(&mut self) {
        let taken = std::mem::take(&mut self.speech.taken);
        self.notice_owed &= taken.is_empty();
        for (kind, text) in taken {
            if !matches!(kind, Kind::Filler | Kind::ReadBack) {
                self.say(kind, text);
            }
        }
    }

    pub(super) fn speech_started(&mut self, speech: SpeechId, tts_latency_ms: u64) {
        let Some((at, inner)) = self.speech.find(speech) else { return self.stale("speech") };
        self.speech.news_at = self.now;
        let first_audio = self.first_audio();
        let line = &mut self.speech.lines[at];
        line.waiting[inner].started = true;
        line.tts_latency_ms = line.tts_latency_ms.or(Some(tts_latency_ms));
        let (kind, hushed) = (line.kind, line.waiting[inner].hushed);
        if kind == Kind::Answer {
            line.first_audio_ms = line.first_audio_ms.or(first_audio);
        }
        self.mute = 0;
        self.sounded();
        if !hushed {
            self.turn.sounded(kind);
        }
    }

    pub(super) fn speech_finished(&mut self, speech: SpeechId) {
        self.speech_over(speech, 1.0, false);
    }

    pub(super) fn speech_cut(&mut self, speech: SpeechId, heard: f32) {
        self.speech_over(speech, if heard.is_finite() { heard } else { 0.0 }, true);
    }

    fn speech_over(&mut self, speech: SpeechId, share: f32, cut: bool) {
        let Some((at, inner)) = self.speech.find(speech) else { return self.stale("speech") };
        self.speech.news_at = self.now;
        let line = &mut self.speech.lines[at];
        let Some(sentence) = line.waiting.remove(inner) else { return };
        let heard = heard_words(&sentence.text, share);
        if !heard.is_empty() {
            if !line.heard.is_empty() {
                line.heard.push(' ');
            }
            line.heard.push_str(heard);
        }
        let in_full = heard.len() == sentence.text.len();
        if in_full {
            if !matches!(line.kind, Kind::Filler | Kind::Aside) {
                self.speech.last_heard.clone_from(&sentence.text);
            }
        } else {
            line.interrupted = true;
            if self.speech.taken.len() < SENTENCES_WAITING_MAX {
                let at_word = self.taking.resume_at_word;
                let rest =
                    if at_word { from_the_cut(&sentence.text, heard) } else { &sentence.text };
                self.speech.taken.push((line.kind, rest.to_owned()));
            }
        }
        self.consent_heard(speech, in_full);
        self.notice_owed |= self.greeting == Some(speech) && !in_full;
        self.settle_lines();
        if !cut {
            self.sounded();
        }
    }

    /// No voice could make it. The caller is told nothing twice: the shell plays its recording.
    pub(super) fn speech_failed(&mut self, speech: SpeechId) {
        let Some((at, inner)) = self.speech.find(speech) else { return self.stale("speech") };
        self.speech.news_at = self.now;
        let hushed = self.speech.lines[at].waiting.remove(inner).is_some_and(|s| s.hushed);
        self.consent_heard(speech, false);
        self.notice_owed |= self.greeting == Some(speech);
        self.settle_lines();
        if !hushed {
            self.voice_failed();
        }
    }

    /// Gives up on speeches that nothing was heard of.
    pub(super) fn speech_timed_out(&mut self) {
        let forgotten = self.speech.is_hushing();
        if !forgotten {
            self.hush();
        }
        let waiting = self.speech.lines.iter().flat_map(|line| &line.waiting);
        let lost: Vec<SpeechId> = waiting.filter(|s| s.hushed).map(|s| s.speech).collect();
        for speech in lost {
            self.speech_over(speech, 0.0, true);
        }
        if !forgotten {
            self.speech.forget_taken();
            self.voice_failed();
        }
    }

    /// Ends all lines as they stand, in order; for the end of the call.
    pub(super) fn settle_all_lines(&mut self) {
        for line in &mut self.speech.lines {
            line.interrupted |= line.open || !line.waiting.is_empty();
            line.open = false;
            line.waiting.clear();
        }
        self.settle_lines();
    }

    /// Lines that are complete go to the log and to the history.
    fn settle_lines(&mut self) {
        while let Some(at) =
            self.speech.lines.iter().position(|line| !line.open && line.waiting.is_empty())
        {
            let Some(line) = self.speech.lines.remove(at) else { return };
            let heard = (!line.heard.is_empty()).then(|| line.heard.clone());
            self.history.settle_line(line.id, heard.map(|text| Message::Agent { text }));
            if line.heard.is_empty() || line.kind == Kind::Aside {
                continue;
            }
            if line.kind == Kind::Answer {
                self.answer_heard();
            }
            let note = TurnNote {
                turn_number: self.next_turn_number(),
                speaker: Speaker::Bot,
                content: self.kept(line.heard),
                language: line.language,
                stt_confidence: None,
                stt_latency_ms: None,
                llm_latency_ms: line.llm_latency_ms,
                tts_latency_ms: line.tts_latency_ms,
                endpointing_ms: line.endpointing_ms,
                first_audio_ms: line.first_audio_ms,
                interrupted: line.interrupted,
            };
            self.emit(Effect::Note(Note::Turn(note)));
        }
    }
}
