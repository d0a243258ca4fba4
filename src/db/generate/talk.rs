//! One call: its lines, tools, steps, costs, and what came of it.

use super::day::Person;
use super::dice::Dice;
use super::rows::{CallRow, DayRows, ToolRow, TraceRow, TurnRow};
use super::words::{
    LANGUAGES, SCENARIOS, SENTIMENTS, Scenario, TRANSFER_REASONS, greeting, of_agent, of_caller,
};
use super::{Plan, Shop};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

/// Latencies of the services of a call as they usually are, milliseconds.
const STT_MS: u64 = 380;
const LLM_MS: u64 = 620;
const TTS_MS: u64 = 240;
/// The silence that ends a caller's turn, milliseconds.
const ENDPOINTING_MS: u64 = 500;

/// Where and when a call takes place.
pub(super) struct Setting<'a> {
    pub(super) plan: &'a Plan,
    pub(super) shop: &'a Shop,
    pub(super) person: &'a Person,
    pub(super) date: NaiveDate,
    pub(super) started_at: DateTime<Utc>,
}

/// A call under way.
pub(super) struct Talk<'a> {
    pub(super) dice: Dice,
    pub(super) rows: &'a mut DayRows,
    pub(super) id: Uuid,
    pub(super) started_at: DateTime<Utc>,
    pub(super) now: DateTime<Utc>,
    language: &'static str,
    /// False for chats: nothing is heard or spoken there.
    by_voice: bool,
    lines: i32,
    /// Millionths of a dollar.
    stt_usd: u64,
    llm_usd: u64,
    tts_usd: u64,
}

/// What a call is going to be.
struct Course {
    scenario: Scenario,
    outcome: &'static str,
    exchanges: u64,
}

/// Writes a call into `rows`; true if the caller's number was shown.
pub(super) fn call(mut dice: Dice, setting: &Setting<'_>, rows: &mut DayRows) -> bool {
    let course = course(&mut dice);
    let sells = matches!(course.scenario.name, Some("order" | "fitting_booking"));
    let withheld = !sells && dice.chance(80);
    let mut talk = Talk {
        id: dice.uuid(),
        language: dice.weighted(LANGUAGES),
        by_voice: dice.chance(900),
        dice,
        rows,
        started_at: setting.started_at,
        now: setting.started_at,
        lines: 0,
        stt_usd: 0,
        llm_usd: 0,
        tts_usd: 0,
    };
    let made = talk.converse(&course, setting);
    talk.end(&course, setting, &made, withheld);
    !withheld
}

fn course(dice: &mut Dice) -> Course {
    let scenario = dice.weighted(SCENARIOS);
    let outcome = dice.weighted(scenario.outcomes);
    let usual = scenario.exchanges;
    let exchanges = match (outcome, usual) {
        ("refused", _) => 0,
        (_, 0) => dice.within(0, 1),
        ("resolved" | "transferred" | "callback", _) => {
            dice.within(usual - usual / 2, usual + usual / 2 + 1)
        }
        // Who leaves does so on the way.
        _ => dice.within(1, usual),
    };
    Course { scenario, outcome, exchanges }
}

/// The order or the booking of a call.
#[derive(Default)]
struct Made {
    order: Option<Uuid>,
    booking: Option<Uuid>,
}

impl Talk<'_> {
    fn converse(&mut self, course: &Course, setting: &Setting<'_>) -> Made {
        let mut made = Made::default();
        if course.outcome == "refused" {
            return made;
        }
        self.wait(200);
        self.agent_line(None, greeting(self.language));
        let done = course.outcome == "resolved";
        let mut tools = course.scenario.tools.iter().copied();
        for n in 1..=course.exchanges {
            let asked = self.caller_line();
            let last = n == course.exchanges;
            // The last answer rests on everything that is left to look up.
            let now: Vec<&'static str> = if last && done {
                tools.by_ref().collect()
            } else {
                tools.by_ref().take(1).collect()
            };
            for tool in now {
                match tool {
                    "confirm_order" | "book_fitting" if !done => {}
                    "confirm_order" => made.order = Some(self.order(asked, setting)),
                    "book_fitting" => made.booking = Some(self.booking(asked, setting)),
                    _ => self.tool(asked, tool, None),
                }
            }
            let answer = *self.dice.pick(of_agent(self.language));
            self.agent_line(Some(asked), answer);
        }
        made
    }

    fn end(&mut self, course: &Course, setting: &Setting<'_>, made: &Made, withheld: bool) {
        let transferred = course.outcome == "transferred";
        let reason = transferred.then(|| self.dice.weighted(TRANSFER_REASONS));
        if let Some(reason) = reason {
            self.transfer(reason);
        }
        let pause = self.dice.within(300, 2_500);
        self.wait(pause);
        let resolved = course.outcome == "resolved";
        let stages = course.scenario.stages;
        let drop_off = (!resolved).then(|| *self.dice.pick(stages));
        let scored = self.lines > 0 && course.outcome != "lost_process";
        let quality = scored.then(|| {
            let best = if resolved { 0.70 } else { 0.45 };
            ((best + 0.28 * self.dice.share()) * 1_000.0).round() / 1_000.0
        });
        let csat = (resolved && self.dice.chance(80))
            .then(|| self.dice.weighted(&[(5, 55), (4, 25), (3, 10), (2, 4), (1, 6)]));
        let person = (!withheld).then_some(setting.person);
        let usd = |micro: u64| Decimal::new(micro.cast_signed(), 6);
        self.rows.calls.push(CallRow {
            id: self.id,
            started_at: self.started_at,
            ended_at: self.now,
            duration_s: (self.now - self.started_at).num_seconds() as i32,
            channel: if self.by_voice { "phone" } else { "chat" },
            caller: person.map(|person| person.phone.clone()),
            customer: person.map(|person| person.id),
            language: self.language,
            scenario: course.scenario.name,
            outcome: course.outcome,
            drop_off,
            transfer_reason: reason,
            order: made.order,
            booking: made.booking,
            quality,
            sentiment: self.dice.weighted(SENTIMENTS),
            csat,
            stt_usd: usd(self.stt_usd),
            llm_usd: usd(self.llm_usd),
            tts_usd: usd(self.tts_usd),
        });
    }

    pub(super) fn wait(&mut self, ms: u64) {
        self.now += TimeDelta::milliseconds(ms.cast_signed());
    }

    fn line(&mut self, speaker: &'static str, content: &'static str) -> TurnRow {
        self.lines += 1;
        TurnRow {
            id: self.dice.uuid(),
            call: self.id,
            call_started_at: self.started_at,
            number: self.lines,
            speaker,
            content,
            language: self.language,
            confidence: None,
            stt_ms: None,
            llm_ms: None,
            tts_ms: None,
            endpointing_ms: None,
            first_audio_ms: None,
            interrupted: false,
            at: self.now,
        }
    }

    /// The caller speaks; answers the number of the line.
    fn caller_line(&mut self) -> i32 {
        let (pause, speech) = (self.dice.within(300, 2_000), self.dice.within(900, 5_000));
        self.wait(pause + speech);
        let content = *self.dice.pick(of_caller(self.language));
        let mut line = self.line("customer", content);
        if self.by_voice {
            let took = self.dice.around(STT_MS);
            line.confidence = Some(0.6 + 0.4 * self.dice.share() as f32);
            line.stt_ms = Some(took as i32);
            let cost = speech / 20;
            self.stt_usd += cost;
            let step = TraceRow {
                units: Some(Decimal::new(speech.cast_signed(), 3)),
                unit: Some("second"),
                ..self.step(line.number, ("stt", "gpt-4o-mini-transcribe"), took, cost)
            };
            self.rows.traces.push(step);
        }
        let number = line.number;
        self.rows.turns.push(line);
        number
    }

    /// The agent speaks: its greeting, or an answer to the line `asked`.
    fn agent_line(&mut self, asked: Option<i32>, content: &'static str) {
        let mut ready = 0;
        let mut times = (None, None);
        if let Some(asked) = asked {
            let took = self.dice.around(LLM_MS);
            let (read, written) = (self.dice.within(1_400, 3_600), self.dice.within(18, 90));
            let known = read * self.dice.within(55, 85) / 100;
            let cost = ((read - known) * 4 + known + written * 16) / 10;
            self.llm_usd += cost;
            let step = TraceRow {
                tokens_input: Some(read as i32),
                tokens_cached: Some(known as i32),
                tokens_output: Some(written as i32),
                ..self.step(asked, ("llm", "gpt-4.1-mini"), took, cost)
            };
            self.rows.traces.push(step);
            times.0 = Some(took as i32);
            ready += took;
        }
        let speech = self.dice.within(1_500, 5_500);
        if self.by_voice {
            let took = self.dice.around(TTS_MS);
            let cost = speech / 4;
            self.tts_usd += cost;
            let step = TraceRow {
                units: Some(Decimal::new(speech.cast_signed(), 3)),
                unit: Some("second"),
                ..self.step(asked.unwrap_or(0), ("tts", "gpt-4o-mini-tts"), took, cost)
            };
            self.rows.traces.push(step);
            times.1 = Some(took as i32);
            ready += took;
        }
        self.wait(ready);
        let mut line = self.line("bot", content);
        (line.llm_ms, line.tts_ms) = times;
        if self.by_voice && asked.is_some() {
            line.endpointing_ms = Some(ENDPOINTING_MS as i32);
            line.first_audio_ms = Some((ENDPOINTING_MS + ready) as i32);
            line.interrupted = self.dice.chance(60);
        }
        self.rows.turns.push(line);
        if self.by_voice {
            self.wait(speech);
        }
    }

    /// A step of a provider that ends now and costs millionths of a dollar.
    fn step(
        &mut self,
        turn_number: i32,
        (step, model): (&'static str, &'static str),
        took_ms: u64,
        cost: u64,
    ) -> TraceRow {
        TraceRow {
            id: self.dice.uuid(),
            call: self.id,
            call_started_at: self.started_at,
            turn_number,
            step,
            agent: "openai",
            provider: Some("openai"),
            model: Some(model),
            tokens_input: None,
            tokens_cached: None,
            tokens_output: None,
            units: None,
            unit: None,
            cost_usd: Decimal::new(cost.cast_signed(), 6),
            at: self.now,
            duration_ms: took_ms as i32,
            status: "success",
        }
    }

    pub(super) fn tool(&mut self, asked: i32, name: &'static str, approval: Option<Uuid>) {
        let took = self.dice.around(12);
        let fails = approval.is_none() && self.dice.chance(25);
        let result: Value =
            if fails { json!({ "error": "timeout" }) } else { json!({ "ok": true }) };
        let trace = TraceRow {
            provider: None,
            model: None,
            agent: name,
            status: if fails { "timeout" } else { "success" },
            ..self.step(asked, ("tool", ""), took, 0)
        };
        let row = ToolRow {
            id: self.dice.uuid(),
            call: self.id,
            call_started_at: self.started_at,
            turn_number: asked,
            name,
            args: json!({}),
            result,
            duration_ms: took as i32,
            success: !fails,
            trace: trace.id,
            approval,
            at: self.now,
        };
        self.rows.traces.push(trace);
        self.rows.tools.push(row);
        self.wait(took);
    }
}
