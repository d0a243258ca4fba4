//! Calls of a shop as a list, in the database and here, and their sums counted without SQL.

use crate::figures::database::TestDb;
use crate::figures::rng::Rng;
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use treadline::db::figures::{Range, SLOW_MS, Summary};
use treadline::ids::TenantId;
use uuid::Uuid;

const OUTCOMES: [&str; 8] = [
    "resolved",
    "transferred",
    "callback",
    "abandoned",
    "lost_process",
    "leg_lost",
    "refused",
    "error",
];
const SCENARIOS: [&str; 3] = ["tire_search", "fitting_booking", "order"];
const STAGES: [&str; 5] =
    ["greeting", "tire_search", "time_selection", "confirmation", "a_stage_of_tomorrow"];
const REASONS: [&str; 3] = ["customer_request", "cannot_help", "odd & <reason>"];
const ATTEMPTS: [&str; 8] = [
    "taken",
    "handed_over",
    "busy",
    "no_answer",
    "caller_left",
    "out_of_hours",
    "failed",
    "handed_back",
];
const NUMBERS: [&str; 6] = [
    "+380671110001",
    "+380671110002",
    "+380671110003",
    "+380671110004",
    "+380671110005",
    "DELETED",
];

/// A call as the test knows it.
#[derive(Debug, Clone)]
pub struct Call {
    pub id: Uuid,
    pub started_at: DateTime<Utc>,
    pub origin: &'static str,
    pub number: Option<&'static str>,
    pub outcome: Option<&'static str>,
    pub scenario: Option<&'static str>,
    pub stage: Option<&'static str>,
    pub reason: Option<&'static str>,
    /// Outcomes of attempts to bring a person.
    pub attempts: Vec<&'static str>,
    pub duration_s: Option<i32>,
    /// Lines of the caller.
    pub words: u32,
    pub replies_ms: Vec<i32>,
    /// Millionths of a dollar; the flag: a step has no known price.
    pub cost: Option<(i64, bool)>,
    pub rating: Option<i16>,
    /// A fitting was booked, for so much.
    pub booked: Option<i64>,
    pub deleted: bool,
}

impl Call {
    pub fn at(started_at: DateTime<Utc>) -> Self {
        Self {
            id: Uuid::new_v4(),
            started_at,
            origin: "live",
            number: None,
            outcome: Some("resolved"),
            scenario: None,
            stage: None,
            reason: None,
            attempts: Vec::new(),
            duration_s: Some(60),
            words: 0,
            replies_ms: Vec::new(),
            cost: None,
            rating: None,
            booked: None,
            deleted: false,
        }
    }

    /// Any call that the log can hold, between `from` and `span_s` seconds later.
    pub fn any(rng: &mut Rng, from: DateTime<Utc>, span_s: u64) -> Self {
        let moment = from + TimeDelta::microseconds(rng.within(0, span_s * 1_000_000) as i64);
        let outcome = rng.chance(92).then(|| *rng.pick(&OUTCOMES));
        let ended = outcome.is_some();
        let reason = rng.chance(40).then(|| *rng.pick(&REASONS));
        let tries = if reason.is_some() { rng.within(0, 3) } else { 0 };
        let stage = ended && rng.chance(50);
        Self {
            origin: if rng.chance(92) { "live" } else { "demo" },
            number: rng.chance(85).then(|| *rng.pick(&NUMBERS)),
            outcome,
            scenario: rng.chance(80).then(|| *rng.pick(&SCENARIOS)),
            stage: stage.then(|| *rng.pick(&STAGES)),
            reason,
            attempts: (0..tries).map(|_| *rng.pick(&ATTEMPTS)).collect(),
            duration_s: ended.then(|| rng.within(0, 12) as i32 * rng.within(1, 30) as i32),
            words: rng.within(0, 3) as u32,
            replies_ms: (0..rng.within(0, 4)).map(|_| rng.within(300, 4_000) as i32).collect(),
            cost: ended.then(|| (rng.within(0, 90_000) as i64, rng.chance(20))),
            rating: rng.chance(20).then(|| rng.within(1, 6) as i16),
            booked: rng.chance(25).then(|| rng.within(300, 1_500) as i64),
            deleted: rng.chance(6),
            ..Self::at(moment)
        }
    }

    const fn shown(&self) -> bool {
        matches!(self.origin.as_bytes(), b"live") && !self.deleted
    }

    fn standing(&self) -> &'static str {
        match self.outcome {
            None => "open",
            Some("refused") => "refused",
            Some(_) if self.duration_s.is_some_and(|s| s < 5) && self.words == 0 => "short",
            Some(_) => "counted",
        }
    }

    fn asked(&self) -> bool {
        self.reason.is_some() || self.outcome == Some("transferred")
    }

    fn known_number(&self) -> Option<&'static str> {
        self.number.filter(|number| *number != "DELETED")
    }
}

/// The calls of a shop, in the test and in the database.
pub struct Shop {
    pub tenant: TenantId,
    pub pool: sqlx::PgPool,
    calls: Vec<Call>,
    station: Uuid,
    owner: PgConnection,
    slots: i32,
}

/// A second shop on the same wall.
pub async fn second_shop(db: &TestDb) -> TenantId {
    let id = Uuid::new_v4();
    sqlx::query("insert into tenants (id, name, slug) values ($1, 'Second', 'second')")
        .bind(id)
        .execute(&mut db.owner().await)
        .await
        .unwrap();
    TenantId(id)
}

impl Shop {
    pub async fn new(db: &TestDb, tenant: TenantId) -> Self {
        let mut owner = db.owner().await;
        sqlx::query("select set_config('app.tenant_id', $1, false)")
            .bind(tenant.0.to_string())
            .execute(&mut owner)
            .await
            .unwrap();
        let station: Uuid = sqlx::query_scalar(
            "insert into fitting_stations (tenant_id, external_code, name, city, posts) \
             values ($1, '000777', 'Test', 'Kyiv', 100) \
             on conflict (tenant_id, external_code) do update set name = excluded.name \
             returning id",
        )
        .bind(tenant.0)
        .fetch_one(&mut owner)
        .await
        .unwrap();
        Self { tenant, pool: db.pool.clone(), calls: Vec::new(), station, owner, slots: 0 }
    }

    pub async fn add(&mut self, call: Call) {
        let meta = match call.cost {
            Some((_, true)) => serde_json::json!({ "unpriced_steps": 2 }),
            _ => serde_json::json!({}),
        };
        sqlx::query(
            "insert into calls (id, tenant_id, started_at, origin, caller_id, outcome, scenario, \
                 drop_off_stage, transfer_reason, transferred_to_operator, duration_seconds, \
                 total_cost_usd, csat_score, deleted_at, meta) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
                 case when $14 then now() end, $15)",
        )
        .bind(call.id)
        .bind(self.tenant.0)
        .bind(call.started_at)
        .bind(call.origin)
        .bind(call.number)
        .bind(call.outcome)
        .bind(call.scenario)
        .bind(call.stage)
        .bind(call.reason)
        .bind(call.outcome == Some("transferred"))
        .bind(call.duration_s)
        .bind(call.cost.map(|(millionths, _)| Decimal::new(millionths, 6)))
        .bind(call.rating)
        .bind(call.deleted)
        .bind(meta)
        .execute(&mut self.owner)
        .await
        .unwrap();
        self.lines(&call).await;
        self.attempts(&call).await;
        self.book(&call).await;
        self.calls.push(call);
    }

    /// The caller's lines, and between them the agent's answers.
    async fn lines(&mut self, call: &Call) {
        let said = (0..call.words).map(|_| ("customer", None));
        let told = call.replies_ms.iter().map(|ms| ("bot", Some(*ms)));
        for (number, (speaker, reply_ms)) in (1..).zip(said.chain(told)) {
            sqlx::query(
                "insert into call_turns (id, tenant_id, call_id, call_started_at, turn_number, \
                     speaker, first_audio_ms) values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(Uuid::new_v4())
            .bind(self.tenant.0)
            .bind(call.id)
            .bind(call.started_at)
            .bind(number)
            .bind(speaker)
            .bind(reply_ms)
            .execute(&mut self.owner)
            .await
            .unwrap();
        }
    }

    async fn attempts(&mut self, call: &Call) {
        for (number, outcome) in (1..).zip(&call.attempts) {
            sqlx::query(
                "insert into call_transfers (id, tenant_id, call_id, call_started_at, attempt, \
                     kind, target, reason, requested_at, ended_at, answered_at, outcome) \
                 values ($1, $2, $3, $4, $5, 'bridge', 'operator', $6, $4, $4, \
                     case when $7 = 'taken' then $4 + interval '12 seconds' end, $7)",
            )
            .bind(Uuid::new_v4())
            .bind(self.tenant.0)
            .bind(call.id)
            .bind(call.started_at)
            .bind(number)
            .bind(call.reason.unwrap_or("customer_request"))
            .bind(*outcome)
            .execute(&mut self.owner)
            .await
            .unwrap();
        }
    }

    async fn book(&mut self, call: &Call) {
        let Some(price) = call.booked else { return };
        self.slots += 1;
        sqlx::query(
            "insert into fitting_bookings (id, tenant_id, station_id, booking_date, booking_time, \
                 post, status, service_type, price, source_call_id) \
             values ($1, $2, $3, date '2027-01-01' + $4::int, '10:00', 1, 'confirmed', \
                 'tire_change', $5, $6)",
        )
        .bind(Uuid::new_v4())
        .bind(self.tenant.0)
        .bind(self.station)
        .bind(self.slots)
        .bind(Decimal::from(price))
        .bind(call.id)
        .execute(&mut self.owner)
        .await
        .unwrap();
    }

    pub async fn clear(&mut self) {
        for sql in [
            "delete from call_turns where tenant_id = $1",
            "delete from call_transfers where tenant_id = $1",
            "delete from fitting_bookings where tenant_id = $1",
            "delete from calls where tenant_id = $1",
        ] {
            sqlx::query(sql).bind(self.tenant.0).execute(&mut self.owner).await.unwrap();
        }
        self.calls.clear();
    }

    fn came_back(&self, call: &Call) -> bool {
        let again = |later: &&Call| {
            later.shown()
                && later.number == call.number
                && later.started_at > call.started_at
                && later.started_at <= call.started_at + TimeDelta::hours(24)
        };
        self.calls.iter().any(|later| again(&later))
    }

    /// The sums that the program found are those of this list.
    pub fn equals(&self, range: &Range, found: &Summary, seed: u64) {
        let (from, to) = range.bounds();
        let inside = |call: &&Call| call.shown() && call.started_at >= from && call.started_at < to;
        let all: Vec<&Call> = self.calls.iter().filter(inside).collect();
        let counted: Vec<&Call> =
            all.iter().copied().filter(|call| call.standing() == "counted").collect();
        let place = format!("seed {seed}, {range:?}");
        let of = |is: &dyn Fn(&Call) -> bool| counted.iter().filter(|call| is(call)).count() as i64;
        let standing =
            |word: &str| all.iter().filter(|call| call.standing() == word).count() as i64;
        let ripe = |call: &Call| call.started_at < range.seen_at - TimeDelta::hours(24);
        let ended = |word: &'static str| of(&move |call| call.outcome == Some(word));
        let slow = |call: &Call| call.replies_ms.iter().any(|ms| *ms > SLOW_MS);
        let held = |call: &Call| {
            ripe(call)
                && call.known_number().is_some()
                && call.outcome == Some("resolved")
                && !self.came_back(call)
        };
        let unpriced =
            |call: &&&Call| call.outcome.is_some() && call.cost.is_none_or(|(_, unknown)| unknown);
        let pairs = [
            ("volume", found.volume.calls, all.len() as i64),
            ("short", found.short.calls, standing("short")),
            ("refused", found.refused.calls, standing("refused")),
            ("open", found.open.calls, standing("open")),
            ("counted", found.counted.calls, counted.len() as i64),
            ("resolved", found.resolved.part.calls, ended("resolved")),
            ("transferred", found.transferred.part.calls, ended("transferred")),
            ("callback", found.callback.part.calls, ended("callback")),
            ("abandoned", found.abandoned.part.calls, ended("abandoned")),
            (
                "ours",
                found.ours.part.calls,
                ended("lost_process") + ended("leg_lost") + ended("error"),
            ),
            ("asked", found.asked.part.calls, of(&Call::asked)),
            ("ripe", found.held.of.calls, of(&|c| ripe(c) && c.known_number().is_some())),
            ("held", found.held.part.calls, of(&held)),
            ("sold", found.sold.part.calls, of(&|call| call.booked.is_some())),
            ("slow", found.slow.part.calls, of(&slow)),
            ("answered", found.slow.of.calls, of(&|call| !call.replies_ms.is_empty())),
            ("unpriced", found.cost.unpriced.calls, all.iter().filter(unpriced).count() as i64),
        ];
        for (name, found, wanted) in pairs {
            assert_eq!(found, wanted, "{name}, {place}");
        }
        let cost: i64 = all.iter().filter_map(|call| call.cost.map(|(usd, _)| usd)).sum();
        let cost = cost as f64 / 1e6;
        assert!((found.cost.total_usd - cost).abs() < 1e-9, "{place}");
        let each = (ended("resolved") > 0).then(|| cost / ended("resolved") as f64);
        assert_eq!(found.cost.per_resolved_usd.is_some(), each.is_some(), "{place}");
        if let (Some(found), Some(wanted)) = (found.cost.per_resolved_usd, each) {
            assert!((found - wanted).abs() < 1e-9, "{place}: {found} for {wanted}");
        }
        let mut lengths: Vec<i32> = counted.iter().filter_map(|call| call.duration_s).collect();
        lengths.sort_unstable();
        let middle = (!lengths.is_empty()).then(|| {
            let (low, high) = (lengths[(lengths.len() - 1) / 2], lengths[lengths.len() / 2]);
            f64::from(low + high) / 2.0
        });
        assert_eq!(found.length.median_s, middle, "{place}");
    }
}
