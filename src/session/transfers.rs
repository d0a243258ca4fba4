//! Transfers of one call: what is stored before a phone rings, who is rung, and what is told to
//! the core and to the log afterwards.

use super::medium::{EventSender, Medium};
use super::operators::is_anybody_free;
use super::{Services, Session};
use crate::asterisk::ari::{Kind, LiveCall, Plan, Progress};
use crate::config::{Meanwhile, Target, TransferKind};
use crate::pii::Phone;
use crate::shop::Opening;
use crate::spool::{TransferAsked, TransferDone};
use crate::store::Scope;
use crate::turn::{Effect, Event, TransferOutcome};
use chrono::{DateTime, Duration as Span, NaiveDateTime, TimeZone as _, Timelike as _, Utc};
use chrono_tz::Tz;
use std::sync::Arc;
use tokio::task::AbortHandle;
use tokio::time::Duration;

/// A promised time ends on a multiple of so many minutes: people say "by half past", not "by 10:27".
const PROMISE_STEP_MIN: u32 = 5;
/// The core's reason of a transfer that a person wanted who saw the call.
const TAKEN_OVER: &str = "taken_over";

/// What a session keeps of its transfers.
pub(super) struct Transfers {
    /// The call's hand in Asterisk; none for a call of the dialplan.
    line: Option<LiveCall>,
    caller: Option<Phone>,
    /// The attempt under way, and when a person picked up.
    open: Option<(u32, &'static str, Option<DateTime<Utc>>)>,
    /// Where the shop's clocks are.
    zone: Tz,
    /// The shop, for asking who is there.
    scope: Scope,
    /// By when a callback is promised should this attempt fail.
    by: Option<NaiveDateTime>,
    /// Who rings for the attempt under way.
    ringing: Option<AbortHandle>,
    /// The dialplan was told where the caller goes.
    handed_back: bool,
    pub(super) transcript_off: bool,
}

impl Transfers {
    pub(super) fn of(
        line: Option<LiveCall>,
        caller: Option<Phone>,
        zone: Tz,
        scope: Scope,
    ) -> Self {
        Self {
            line,
            caller,
            open: None,
            zone,
            scope,
            by: None,
            ringing: None,
            handed_back: false,
            transcript_off: false,
        }
    }
}

impl<M: Medium> Session<M> {
    /// The core hands the call over.
    pub(super) fn transfer(&mut self, effect: Effect) {
        let Effect::Transfer { attempt, returns, target, reason, summary } = effect else {
            return;
        };
        let line = self.transfers.line.clone().filter(|_| returns);
        let config = Arc::clone(&self.services.config);
        let Some(name) = self.allowed_target(target, attempt) else {
            self.next = "hangup".into();
            return self.transfer_done(attempt, "hand_back", None, TransferOutcome::NotAllowed);
        };
        let rung = line.as_ref().and_then(|_| config.transfer.target(&name));
        // Whoever takes a call over is there.
        let wanted = reason == TAKEN_OVER;
        let kind = match (&line, rung) {
            (None, _) => "hand_back",
            (Some(_), None) => Kind::Blind.label(),
            (Some(_), Some(target)) => kind_of(target).label(),
        };
        let summary = if self.transfers.transcript_off { String::new() } else { summary };
        self.scribe.transfer_asked(TransferAsked {
            attempt,
            kind: kind.into(),
            target: name.clone(),
            reason,
            summary,
            caller: self.transfers.caller.clone(),
            cart: self.hands.cart(),
        });
        self.transfers.open = Some((attempt, kind, None));
        let Some(line) = line else {
            self.next = name;
            self.transfers.handed_back = true;
            return self.transfer_done(attempt, kind, None, TransferOutcome::HandedBack);
        };
        let wall = self.services.clock.now_in(self.transfers.zone).naive_local();
        let opening = opening(&self.services, rung);
        let by = promised(wall, &opening, config.transfer.callback_min);
        self.hands.promise(to_utc(by, self.transfers.zone));
        self.transfers.by = Some(by);
        let is_open = opening.is_open(wall);
        let stored = self.services.log.stored();
        let plan = plan(name, rung, attempt, self.transfers.caller.clone());
        let events = self.sender.clone();
        let (services, mut scope) = (Arc::clone(&self.services), self.transfers.scope.clone());
        let ringing = tokio::spawn(async move {
            scope.now = services.clock.now();
            let outcome = if !is_open {
                TransferOutcome::OutOfHours
            } else if !wanted && is_anybody_free(&services, &scope).await == Some(false) {
                TransferOutcome::Offline
            } else {
                // What the operator should know stands in the database, and is on its way to every
                // page, before the phone rings. A database that is away must not keep the caller
                // from a person: the journal has it.
                stored.await;
                ring(&line, plan, attempt, &events).await
            };
            let call_back_by = (!outcome.is_taken()).then_some(by);
            let ended = Event::TransferEnded { attempt, outcome, call_back_by };
            let _ = events.send(ended).await;
        });
        self.transfers.ringing = Some(ringing.abort_handle());
    }

    /// What the desk says of an attempt lacks what only this call knows.
    pub(super) fn completed(&self, event: Event) -> Event {
        match event {
            Event::TransferEnded { attempt, outcome, call_back_by: None }
                if !outcome.is_taken() =>
            {
                let call_back_by = self.transfers.by;
                Event::TransferEnded { attempt, outcome, call_back_by }
            }
            other => other,
        }
    }

    /// The call goes to the dialplan: what the operator should know is there first.
    pub(super) async fn before_hand_back(&self) {
        if self.transfers.handed_back {
            self.services.log.stored().await;
        }
    }

    /// Takes notice of what the line reports, before the core does.
    pub(super) fn watch_transfer(&mut self, event: &Event) {
        let now = self.services.clock.now();
        match (event, &mut self.transfers.open) {
            (Event::OperatorAnswered { attempt }, Some((open, _, answered))) if open == attempt => {
                answered.get_or_insert(now);
            }
            (Event::TransferEnded { attempt, outcome, .. }, Some((open, kind, answered)))
                if open == attempt =>
            {
                let taken = *outcome == TransferOutcome::Taken;
                let (kind, answered) = (*kind, answered.or_else(|| taken.then_some(now)));
                // Nobody took the call, on a page: the phone need not ring on.
                if let Some(ringing) = self.transfers.ringing.take().filter(|_| !taken) {
                    ringing.abort();
                }
                self.transfer_done(*attempt, kind, answered, *outcome);
            }
            (Event::Operators { call_back_by: Some(by), .. }, _) => {
                self.hands.promise(to_utc(*by, self.transfers.zone));
            }
            _ => {}
        }
    }

    /// The call ends while a person is being brought.
    pub(super) fn transfer_given_up(&mut self) {
        if let Some((attempt, kind, answered)) = self.transfers.open {
            self.transfer_done(attempt, kind, answered, TransferOutcome::CallerLeft);
        }
    }

    fn transfer_done(
        &mut self,
        attempt: u32,
        kind: &'static str,
        answered_at: Option<DateTime<Utc>>,
        outcome: TransferOutcome,
    ) {
        metrics::counter!("treadline_transfers_total", "kind" => kind, "outcome" => outcome.label())
            .increment(1);
        self.transfers.open = None;
        self.scribe.transfer_done(TransferDone { attempt, outcome, answered_at });
    }

    /// Only names of the allow-list ever reach a dialplan or a phone. Whoever has chosen an order
    /// gets the next one in it when the first did not come.
    fn allowed_target(&self, target: String, attempt: u32) -> Option<String> {
        let allowed = &self.services.config.transfer.allowed;
        let later = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
        if later > 0 && self.services.in_force.as_ref().is_some_and(|chosen| chosen.is_ordered) {
            return allowed.get(later).or_else(|| allowed.last()).cloned();
        }
        if allowed.contains(&target) {
            return Some(target);
        }
        tracing::error!("a transfer target is not in transfer.allowed");
        allowed.first().cloned()
    }
}

/// Rings; tells the core when a person picked up.
async fn ring(line: &LiveCall, plan: Plan, attempt: u32, events: &EventSender) -> TransferOutcome {
    let mut news = line.transfer(plan);
    loop {
        tokio::select! {
            progress = news.recv() => match progress {
                Some(Progress::Answered) => {
                    let _ = events.send(Event::OperatorAnswered { attempt }).await;
                }
                Some(Progress::Ended(outcome)) => return outcome,
                None => return TransferOutcome::Failed,
            },
            // The call is over: dropping `news` gives the attempt up.
            () = events.closed() => return TransferOutcome::CallerLeft,
        }
    }
}

fn kind_of(target: &Target) -> Kind {
    match target.kind {
        TransferKind::Blind => Kind::Blind,
        TransferKind::Bridge => Kind::Bridge,
        TransferKind::Warm => Kind::Warm,
    }
}

fn plan(name: String, rung: Option<&Target>, attempt: u32, caller: Option<Phone>) -> Plan {
    Plan {
        attempt,
        target: name,
        kind: rung.map_or(Kind::Blind, kind_of),
        endpoint: rung.map(|target| target.endpoint.clone()).unwrap_or_default(),
        ring: Duration::from_secs(rung.map_or(0, |target| target.ring_s)),
        music: rung.is_some_and(|target| target.meanwhile == Meanwhile::Music),
        caller,
    }
}

/// When a target is there: its own hours, within what the shop's people have chosen.
pub(super) fn opening(services: &Services, rung: Option<&Target>) -> Opening {
    let mut opening = Opening { weeks: Vec::new(), closed: Vec::new() };
    opening.weeks.extend(rung.map(Target::week));
    if let Some(chosen) = &services.in_force {
        opening.weeks.push(chosen.people.clone());
        opening.closed.clone_from(&chosen.closed);
    }
    opening
}

/// By when somebody can call back: `within_min` minutes of working hours from `wall` on, both on
/// the shop's wall.
pub(super) fn promised(wall: NaiveDateTime, week: &Opening, within_min: u64) -> NaiveDateTime {
    let within = Span::minutes(i64::try_from(within_min).unwrap_or(i64::MAX).min(7 * 24 * 60));
    let by = rounded(wall + within);
    if week.is_open(wall) && week.is_open(by) {
        return by;
    }
    // Those who come in the morning have the whole list before them.
    let opens = week.next_open(if week.is_open(wall) { by } else { wall });
    rounded(opens + within)
}

fn rounded(at: NaiveDateTime) -> NaiveDateTime {
    let over = at.minute() % PROMISE_STEP_MIN;
    let missing = (PROMISE_STEP_MIN - over) % PROMISE_STEP_MIN;
    let whole = at.with_second(0).and_then(|at| at.with_nanosecond(0)).unwrap_or(at);
    let missing = if over == 0 && whole < at { PROMISE_STEP_MIN } else { missing };
    whole + Span::minutes(i64::from(missing))
}

fn to_utc(at: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    zone.from_local_datetime(&at).earliest().map(|at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_callback_is_promised_within_working_hours_on_a_round_time() {
        let hours = vec!["mon-fri 09:00-18:00".to_owned()];
        let target = Target { hours, ..Target::default() };
        let mut open = Opening { weeks: vec![target.week()], closed: Vec::new() };
        let by = |wall: &str| promised(at(wall), &open, 30);
        assert_eq!(by("2026-11-23T10:01:07"), at("2026-11-23T10:35:00"));
        assert_eq!(by("2026-11-23T10:00:00"), at("2026-11-23T10:30:00"));
        assert_eq!(by("2026-11-23T17:50:00"), at("2026-11-24T09:30:00"), "too late for today");
        assert_eq!(by("2026-11-21T12:00:00"), at("2026-11-23T09:30:00"), "a Saturday");
        let always = Opening::default();
        assert_eq!(promised(at("2026-11-22T23:59:30"), &always, 30), at("2026-11-23T00:30:00"));
        let holiday = at("2026-11-24T00:00:00").date();
        open.closed.push((holiday, holiday));
        let late = promised(at("2026-11-23T17:50:00"), &open, 30);
        assert_eq!(late, at("2026-11-25T09:30:00"), "the day after is a holiday");
    }
}
