//! What must hold after every event, whatever happened.

mod effects;

use crate::simulation::taken::Taken;
use crate::simulation::totals::Totals;
use std::collections::{BTreeMap, BTreeSet};
use treadline::clock::CallTime;
use treadline::language::Language;
use treadline::language::keypad::ask_rating;
use treadline::turn::{
    Call, Effect, Event, Generation, JournalLine, Limits, Message, Note, Setup, Speaker, SpeechId,
    TurnTaking,
};

/// The voice may take this long for a filler; beyond `quiet_ms_max` it is not the core's fault.
const VOICE_MARGIN_MS: u64 = 400;
/// Last words, and an effect that still runs, after the length of a call is used up.
const END_MARGIN_MS: u64 = 60_000 + AWAY_MS_MAX;
/// A person is waited for no longer, should the line never tell how it went.
const AWAY_MS_MAX: u64 = 180_000;

/// What the watcher has seen.
#[derive(Default)]
pub struct Watch {
    pub journal: Vec<JournalLine>,
    pub taken: Taken,
    pub totals: Totals,
    limits: Limits,
    said: Vec<(SpeechId, String)>,
    /// Share heard of each speech that has ended, and when.
    heard: BTreeMap<SpeechId, (f32, CallTime)>,
    sounding: Option<SpeechId>,
    alive: Option<Generation>,
    /// Asked ahead, and whether all of it has come.
    ahead: Option<(Generation, bool)>,
    /// Asked ahead and counted, when all of it had come already.
    kept_whole: Option<Generation>,
    turn: TurnTaking,
    approvals: BTreeMap<String, Vec<String>>,
    ran: BTreeSet<String>,
    last_turn: u32,
    last_switch: u32,
    /// By then something of ours must sound.
    owed_by: Option<CallTime>,
    voice_began: CallTime,
    voice_ended: CallTime,
    last_words: String,
    last_key: Option<char>,
    ended: bool,
    /// Texts of ours in the history that have been checked.
    known: BTreeSet<String>,
    /// A speech of ours last ended by itself.
    sounded_at: CallTime,
    voicing: bool,
    /// The caller's line came by voice, so the wait is already counted.
    decided_now: bool,
    parted: bool,
    leg_lost: bool,
    rated: bool,
    /// The line brings callers back.
    returns: bool,
    attempts: u32,
    /// A person is being brought, since then; they have picked up.
    away: Option<(CallTime, bool)>,
}

type Verdict = Result<(), String>;

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(what()) }
}

impl Watch {
    pub fn new(limits: Limits, turn: TurnTaking) -> Self {
        Self { limits, turn, ..Self::default() }
    }

    pub fn totals() -> Totals {
        Totals::default()
    }

    fn generation_of(event: &Event) -> Option<Generation> {
        match event {
            Event::ModelText { generation, .. }
            | Event::ModelToolCall { generation, .. }
            | Event::ModelDone { generation }
            | Event::ModelFailed { generation, .. } => Some(*generation),
            _ => None,
        }
    }

    /// Before the core sees it.
    pub fn before(&mut self, now: CallTime, event: &Event) -> Verdict {
        self.journal.push(JournalLine::happened(now, event.clone()));
        self.taken.before(now, event);
        if let Some(by) = self.owed_by {
            ensure(now <= by || self.sounding.is_some(), || {
                format!("nothing of ours sounded by {} ms", by.as_ms())
            })?;
        }
        match event {
            Event::VoiceStarted => {
                self.voicing = true;
                self.voice_began = now;
                self.owed_by = None;
            }
            Event::VoiceEnded { .. } => (self.voicing, self.voice_ended) = (false, now),
            Event::SpeechStarted { speech, .. } => {
                ensure(self.sounding.is_none(), || format!("two speeches at once: {speech:?}"))?;
                self.sounding = Some(*speech);
                self.owed_by = None;
            }
            Event::SpeechFinished { speech } => {
                self.sounding = None;
                self.owed_by = None;
                self.sounded_at = now;
                self.heard.insert(*speech, (1.0, now));
            }
            Event::SpeechCut { speech, heard } => {
                if self.sounding == Some(*speech) {
                    self.sounding = None;
                }
                self.heard.insert(*speech, (*heard, now));
            }
            Event::SpeechFailed { .. } => self.owed_by = None,
            Event::Transcript { text, .. } => {
                self.last_words.clone_from(text);
                self.last_key = None;
            }
            Event::Digit { digit } => {
                self.last_key = Some(*digit);
                (self.voice_began, self.voice_ended) = (now, now);
                if digit.is_ascii_digit() {
                    // Whoever types is not waited for.
                    self.owed_by = None;
                }
            }
            Event::LegLost { .. } => {
                (self.leg_lost, self.owed_by, self.away) = (true, None, None);
            }
            Event::Begin { facts } => self.returns = facts.transfers_return,
            Event::OperatorAnswered { .. } => {
                if let Some((_, answered)) = &mut self.away {
                    *answered = true;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// After the core has seen it.
    pub fn after(
        &mut self,
        now: CallTime,
        event: &Event,
        effects: &[Effect],
        call: &Call,
    ) -> Verdict {
        ensure(effects.len() <= 200, || format!("{} effects at once", effects.len()))?;
        let ahead = self.ahead.map(|(generation, _)| generation);
        let dead = Self::generation_of(event).filter(|generation| self.alive != Some(*generation));
        if dead.is_some() && dead == ahead {
            return self.ahead_answered(event, effects, call);
        }
        if dead.is_some() && !self.ended {
            let quiet = effects.iter().all(|e| matches!(e, Effect::Note(Note::Stale { .. })));
            ensure(quiet && !effects.is_empty(), || {
                format!("effects for a dead generation: {effects:?}")
            })?;
        }
        if matches!(event, Event::ModelDone { .. } | Event::ModelFailed { .. }) && dead.is_none() {
            self.alive = None;
        }
        self.taken.after(effects, call);
        self.transfer_ends(event, effects)?;
        for effect in effects {
            self.journal.push(JournalLine::wanted(now, effect.clone()));
            self.effect(now, effect)?;
        }
        self.decided_now = false;
        let forgot = effects.iter().any(|e| matches!(e, Effect::ForgetUtterance));
        let line = effects
            .iter()
            .any(|e| matches!(e, Effect::Note(Note::Turn(t)) if t.speaker == Speaker::Customer));
        let spoke = effects.iter().any(|e| matches!(e, Effect::Say { .. }));
        if forgot && !line && !spoke {
            self.owed_by = None;
        }
        if let Some(at) = call.deadline() {
            ensure(at > now, || format!("the deadline {at:?} does not lie ahead of {now:?}"))?;
        }
        let too_long = now.as_ms() > self.limits.call_s_max * 1000 + END_MARGIN_MS;
        ensure(!too_long || call.is_over(), || "the call does not end".into())?;
        ensure(call.is_over() == self.ended, || "over without Ended, or Ended without over".into())
    }

    fn effect(&mut self, now: CallTime, effect: &Effect) -> Verdict {
        ensure(!self.ended, || format!("after Ended: {effect:?}"))?;
        ensure(!self.parted || matches!(effect, Effect::Note(_)), || {
            format!("after the end: {effect:?}")
        })?;
        match effect {
            Effect::AskModel(ask) => {
                ensure(self.alive.is_none(), || "asked while an answer is under way".into())?;
                ensure(self.ahead.is_none(), || "asked beside a question asked ahead".into())?;
                ensure(!self.leg_lost, || "asked without a leg".into())?;
                ensure(self.away.is_none(), || "asked while the caller is away".into())?;
                if ask.ahead {
                    self.totals.aheads += 1;
                    self.ahead = Some((ask.generation, false));
                } else {
                    self.alive = Some(ask.generation);
                }
                ensure(ask.history.len() <= 300, || "history too long".into())?;
                for message in &ask.history {
                    if let Message::Agent { text } = message
                        && !self.known.contains(text)
                    {
                        self.was_said(text)?;
                        self.known.insert(text.clone());
                    }
                }
                ensure(ask.tools.is_empty() == ask.words_only, || {
                    "tools and words_only disagree".into()
                })
            }
            Effect::KeepGeneration { generation } => {
                let (asked, over) = self.ahead.take().ok_or("kept what was not asked ahead")?;
                ensure(asked == *generation, || "kept another question".into())?;
                self.totals.kept += 1;
                self.alive = (!over).then_some(asked);
                self.kept_whole = over.then_some(asked);
                Ok(())
            }
            Effect::DropGeneration { generation }
                if self.ahead.is_some_and(|(asked, _)| asked == *generation) =>
            {
                self.ahead = None;
                Ok(())
            }
            // Its first words led out of the conversation.
            Effect::DropGeneration { generation } if self.kept_whole == Some(*generation) => {
                self.kept_whole = None;
                Ok(())
            }
            Effect::DropGeneration { generation } => {
                ensure(self.alive == Some(*generation), || "dropped what was not alive".into())?;
                self.alive = None;
                Ok(())
            }
            Effect::Say { speech, text, .. } => {
                self.totals.fillers_or_more += 1;
                if let Some((since, answered)) = self.away {
                    let given_up = now >= since.plus_ms(AWAY_MS_MAX);
                    ensure(answered || given_up, || "spoke to nobody".into())?;
                    self.away = self.away.filter(|_| !given_up);
                }
                let last = self.said.last().map_or(0, |(id, _)| id.0);
                ensure(speech.0 == last + 1 && !text.is_empty(), || {
                    "speech ids are not dense".into()
                })?;
                self.said.push((*speech, text.clone()));
                let open = self.said.iter().filter(|(id, _)| !self.heard.contains_key(id)).count();
                ensure(open <= 200, || format!("{open} speeches wait"))
            }
            Effect::RunTool { name, args, approval, .. } => {
                self.tool_runs(name, args, approval.as_ref())
            }
            Effect::Transfer { attempt, returns: true, .. } => {
                ensure(self.returns, || "nobody will come back on this line".into())?;
                self.totals.transfers += 1;
                self.attempts += 1;
                (self.away, self.owed_by) = (Some((now, false)), None);
                ensure(*attempt == self.attempts, || "attempts are not dense".into())?;
                ensure(*attempt <= self.limits.transfers_max, || "too many attempts".into())?;
                ensure(!self.leg_lost, || "transferred without a leg".into())
            }
            Effect::HangUp { .. } | Effect::Transfer { .. } => {
                self.parted = true;
                self.owed_by = None;
                match effect {
                    Effect::HangUp { .. } => self.totals.hang_ups += 1,
                    _ => self.totals.transfers += 1,
                }
                ensure(!self.leg_lost, || "parted without a leg".into())
            }
            Effect::ForgetUtterance => {
                self.decided_now = true;
                Ok(())
            }
            Effect::Note(note) => self.note(now, note),
            _ => Ok(()),
        }
    }

    fn note(&mut self, now: CallTime, note: &Note) -> Verdict {
        match note {
            Note::Turn(turn) => {
                ensure(turn.turn_number == self.last_turn + 1, || {
                    "turn numbers are not dense".into()
                })?;
                self.last_turn = turn.turn_number;
                if turn.speaker == Speaker::Customer && !self.decided_now && !self.voicing {
                    let ms = self.limits.quiet_ms_max + VOICE_MARGIN_MS;
                    self.owed_by = Some(now.plus_ms(ms));
                }
                if turn.speaker == Speaker::Bot { self.was_said(&turn.content) } else { Ok(()) }
            }
            Note::Endpointed { endpointing_ms } => {
                let ended = CallTime::from_ms(now.as_ms() - endpointing_ms);
                let ms = self.limits.quiet_ms_max + VOICE_MARGIN_MS;
                let sounded = self.sounding.is_some() || self.sounded_at >= ended;
                self.owed_by = (!sounded).then(|| ended.plus_ms(ms));
                ensure(*endpointing_ms <= self.turn.wait_ms_max, || "slow decision".into())
            }
            Note::Rating { score } => {
                let asked = [Language::En, Language::Uk, Language::Ru].map(ask_rating);
                let was_asked = self.said.iter().any(|(_, text)| asked.contains(&text.as_str()));
                ensure(was_asked && !self.rated && !self.leg_lost && !self.parted, || {
                    "a rating that nobody asked for".into()
                })?;
                self.rated = true;
                self.totals.ratings += 1;
                ensure((1..=5).contains(score), || format!("rated {score}"))
            }
            Note::Approval { approval, status } => {
                self.approvals.entry(approval.id.to_string()).or_default().push(status.clone());
                Ok(())
            }
            Note::BargeIn => {
                self.totals.barge_ins += 1;
                Ok(())
            }
            Note::Continued { turn_number } => {
                self.totals.continued += 1;
                ensure(*turn_number <= self.last_turn, || "a line goes on with itself".into())
            }
            Note::Switched { number, .. } => {
                self.last_switch += 1;
                ensure(*number == self.last_switch, || "switches are not dense".into())
            }
            Note::Stale { .. } => {
                self.totals.stale += 1;
                Ok(())
            }
            Note::Ended { .. } => {
                self.ended = true;
                let alive = self.alive.or(self.ahead.map(|(generation, _)| generation));
                ensure(alive.is_none(), || "a question was never ended".into())?;
                let open = self.approvals.values().find(|history| history.len() != 2);
                ensure(open.is_none(), || format!("an approval stayed {open:?}"))
            }
            _ => Ok(()),
        }
    }

    /// When the call is over: its journal, as a live call writes it, gives the same effects again.
    pub fn at_the_end(&self, limits: &Limits) -> Verdict {
        ensure(self.ended, || "the call never ended".into())?;
        let setup = Setup::of_this_core(limits.clone(), crate::simulation::fixtures::rules());
        let setup = setup.taking_turns(self.turn.clone());
        self.taken.check(&setup)
    }
}
