//! The calls of a shop as a list, and their figures counted from it without SQL.

use crate::stats::database::TestDb;
use crate::stats::rng::Rng;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use treadline::db::stats::{self, DailyStats};
use treadline::ids::TenantId;
use uuid::Uuid;

const OUTCOMES: [&str; 5] = ["resolved", "transferred", "abandoned", "callback", "leg_lost"];
const SCENARIOS: [&str; 3] = ["tire_search", "fitting_booking", "order"];
const STAGES: [&str; 3] = ["greeting", "time_selection", "confirmation"];
const SENTIMENTS: [&str; 3] = ["positive", "neutral", "negative"];

/// A call as the test knows it.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: Uuid,
    pub started_at: DateTime<Utc>,
    pub origin: &'static str,
    pub channel: &'static str,
    pub outcome: Option<&'static str>,
    pub scenario: Option<&'static str>,
    pub stage: Option<&'static str>,
    pub sentiment: Option<&'static str>,
    pub duration_s: Option<i32>,
    /// Millionths of a dollar for `llm` and `tts`.
    pub cost: Option<(i64, i64)>,
    pub response_ms: Vec<i32>,
    /// A fitting that was booked in it, and its state.
    pub booking: Option<(Uuid, &'static str)>,
    pub deleted: bool,
}

impl Row {
    pub fn at(started_at: DateTime<Utc>) -> Self {
        Self {
            id: Uuid::new_v4(),
            started_at,
            origin: "live",
            channel: "phone",
            outcome: Some("resolved"),
            scenario: None,
            stage: None,
            sentiment: None,
            duration_s: Some(60),
            cost: None,
            response_ms: Vec::new(),
            booking: None,
            deleted: false,
        }
    }

    pub fn day(&self, zone: Tz) -> NaiveDate {
        self.started_at.with_timezone(&zone).date_naive()
    }

    fn ends(&mut self, rng: &mut Rng) {
        self.outcome = Some(*rng.pick(&OUTCOMES));
        self.scenario = rng.chance(80).then(|| *rng.pick(&SCENARIOS));
        self.stage = (self.outcome == Some("abandoned")).then(|| *rng.pick(&STAGES));
        self.sentiment = rng.chance(70).then(|| *rng.pick(&SENTIMENTS));
        self.duration_s = Some(rng.within(1, 600) as i32);
        self.cost = Some((rng.within(0, 9_000) as i64, rng.within(0, 9_000) as i64));
    }

    fn counts(&self) -> bool {
        self.origin == "live" && !self.deleted
    }

    fn books(&self) -> bool {
        self.booking.is_some_and(|(_, status)| status != "cancelled")
    }
}

/// The calls of a shop, in the test and in the database.
pub struct Book {
    pub tenant: TenantId,
    pub zone: Tz,
    pub rows: Vec<Row>,
    station: Uuid,
    owner: PgConnection,
    pool: sqlx::PgPool,
    /// Days that had a call at some time.
    days: std::collections::BTreeSet<NaiveDate>,
    slots: i64,
}

impl Book {
    pub async fn new(db: &TestDb, tenant: TenantId) -> Self {
        let mut owner = db.owner().await;
        sqlx::query("select set_config('app.tenant_id', $1, false)")
            .bind(tenant.0.to_string())
            .execute(&mut owner)
            .await
            .unwrap();
        let zone: String = sqlx::query_scalar("select timezone from tenants where id = $1")
            .bind(tenant.0)
            .fetch_one(&mut owner)
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
        let (rows, days) = (Vec::new(), std::collections::BTreeSet::new());
        let (zone, pool) = (zone.parse().unwrap(), db.pool.clone());
        Self { tenant, zone, rows, station, owner, pool, days, slots: 0 }
    }

    /// Puts a call into the database.
    pub async fn add(&mut self, row: Row) {
        sqlx::query(
            "insert into calls (id, tenant_id, started_at, origin, channel) \
             values ($1, $2, $3, $4, $5)",
        )
        .bind(row.id)
        .bind(self.tenant.0)
        .bind(row.started_at)
        .bind(row.origin)
        .bind(row.channel)
        .execute(&mut self.owner)
        .await
        .unwrap();
        self.days.insert(row.day(self.zone));
        self.rows.push(row);
        self.write(self.rows.len() - 1).await;
    }

    /// What may change of a call, as it stands in the test.
    async fn write(&mut self, at: usize) {
        let row = self.rows[at].clone();
        let parts = row.cost.map(|(llm, tts)| json!({ "llm": usd(llm), "tts": usd(tts) }));
        sqlx::query(
            "update calls set outcome = $3, scenario = $4, drop_off_stage = $5, sentiment = $6, \
                 duration_seconds = $7, cost_breakdown = $8, total_cost_usd = $9, \
                 transferred_to_operator = $10, transfer_reason = $11, \
                 deleted_at = case when $12 then now() end \
             where id = $1 and started_at = $2",
        )
        .bind(row.id)
        .bind(row.started_at)
        .bind(row.outcome)
        .bind(row.scenario)
        .bind(row.stage)
        .bind(row.sentiment)
        .bind(row.duration_s)
        .bind(parts)
        .bind(row.cost.map(|(llm, tts)| usd(llm + tts)))
        .bind(row.outcome == Some("transferred"))
        .bind((row.outcome == Some("transferred")).then_some("customer_request"))
        .bind(row.deleted)
        .execute(&mut self.owner)
        .await
        .unwrap();
        for (number, ms) in row.response_ms.iter().enumerate() {
            sqlx::query(
                "insert into call_turns (id, tenant_id, call_id, call_started_at, turn_number, \
                     speaker, first_audio_ms) values ($1, $2, $3, $4, $5, 'bot', $6) \
                 on conflict do nothing",
            )
            .bind(Uuid::new_v5(&row.id, &number.to_le_bytes()))
            .bind(self.tenant.0)
            .bind(row.id)
            .bind(row.started_at)
            .bind(number as i32 + 1)
            .bind(*ms)
            .execute(&mut self.owner)
            .await
            .unwrap();
        }
    }

    /// Books a fitting in that call.
    pub async fn book(&mut self, at: usize) {
        let id = Uuid::new_v4();
        self.slots += 1;
        sqlx::query(
            "insert into fitting_bookings (id, tenant_id, station_id, booking_date, booking_time, \
                 post, status, service_type, price, source_call_id) \
             values ($1, $2, $3, date '2027-01-01' + $4::int, '10:00', 1, 'confirmed', \
                 'tire_change', 800, $5)",
        )
        .bind(id)
        .bind(self.tenant.0)
        .bind(self.station)
        .bind(self.slots as i32)
        .bind(self.rows[at].id)
        .execute(&mut self.owner)
        .await
        .unwrap();
        self.rows[at].booking = Some((id, "confirmed"));
    }

    /// Something happens to one call or another.
    pub async fn change(&mut self, rng: &mut Rng, from: DateTime<Utc>, span_s: u64) {
        if self.rows.is_empty() || rng.chance(40) {
            let moment = from + TimeDelta::seconds(rng.within(0, span_s) as i64);
            let mut row = Row::at(moment);
            row.origin = if rng.chance(85) { "live" } else { "test" };
            row.channel = if rng.chance(70) { "phone" } else { "chat" };
            (row.outcome, row.duration_s) = (None, None);
            row.response_ms =
                (0..rng.within(0, 4)).map(|_| rng.within(300, 3_000) as i32).collect();
            return self.add(row).await;
        }
        let at = rng.within(0, self.rows.len() as u64) as usize;
        match rng.within(0, 6) {
            0 | 1 => self.rows[at].ends(rng),
            2 if self.rows[at].booking.is_none() => self.book(at).await,
            3 => match self.rows[at].booking {
                Some((id, _)) => {
                    let status = *rng.pick(&["confirmed", "cancelled", "completed", "no_show"]);
                    sqlx::query(
                        "update fitting_bookings set status = $2, updated_at = now() where id = $1",
                    )
                    .bind(id)
                    .bind(status)
                    .execute(&mut self.owner)
                    .await
                    .unwrap();
                    self.rows[at].booking = Some((id, status));
                    return;
                }
                None => self.rows[at].ends(rng),
            },
            4 => self.rows[at].deleted ^= true,
            _ => return self.remove(at).await,
        }
        self.write(at).await;
    }

    /// Takes a call out for good, as forgetting a person does.
    async fn remove(&mut self, at: usize) {
        let row = self.rows.swap_remove(at);
        for sql in [
            "delete from call_turns where call_id = $1",
            "delete from fitting_bookings where source_call_id = $1",
            "delete from calls where id = $1",
        ] {
            sqlx::query(sql).bind(row.id).execute(&mut self.owner).await.unwrap();
        }
    }

    pub async fn clear(&mut self) {
        while !self.rows.is_empty() {
            self.remove(self.rows.len() - 1).await;
        }
    }

    /// Every day that ever had a call stands in the table as the list says.
    pub async fn equals_the_figures(&mut self, seed: u64) {
        for date in self.days.clone() {
            let found = stats::load_day(&self.pool, self.tenant, date).await.unwrap();
            if let Some(found) = found {
                self.compare(&found, date, seed);
                continue;
            }
            // A call that came and went between two rounds leaves nothing to count.
            let left = self.rows.iter().any(|row| row.day(self.zone) == date);
            assert!(!left, "seed {seed}: {date} was never counted");
        }
    }

    fn compare(&self, found: &DailyStats, date: NaiveDate, seed: u64) {
        let zone = self.zone;
        let rows: Vec<&Row> =
            self.rows.iter().filter(|row| row.counts() && row.day(zone) == date).collect();
        let count = |is: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| is(row)).count() as i32;
        let by = |word: &dyn Fn(&Row) -> Option<String>| {
            let mut counts = BTreeMap::new();
            for word in rows.iter().filter_map(|row| word(row)) {
                *counts.entry(word).or_insert(0) += 1;
            }
            Value::from_iter(counts)
        };
        let mean = |values: Vec<f64>| {
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        };
        let close = |one: Option<f64>, other: Option<f64>| match (one, other) {
            (Some(one), Some(other)) => (one - other).abs() < 1e-6,
            (one, other) => one == other,
        };
        let place = format!("seed {seed}, {date}: {found:#?}\nof {rows:#?}");
        assert_eq!(found.total_calls, rows.len() as i32, "{place}");
        assert_eq!(found.resolved_by_bot, count(&|r| r.outcome == Some("resolved")), "{place}");
        assert_eq!(found.transferred, count(&|r| r.outcome == Some("transferred")), "{place}");
        assert_eq!(found.bookings, count(&|r| r.books()), "{place}");
        let owned = |word: Option<&'static str>, none: &str| Some(word.unwrap_or(none).to_owned());
        let pairs = [
            (&found.scenario_breakdown, by(&|r| owned(r.scenario, "none"))),
            (&found.outcome_breakdown, by(&|r| owned(r.outcome, "open"))),
            (&found.drop_off_breakdown, by(&|r| r.stage.map(str::to_owned))),
            (&found.sentiment_breakdown, by(&|r| r.sentiment.map(str::to_owned))),
            (&found.channel_breakdown, by(&|r| Some(r.channel.to_owned()))),
            (
                &found.hourly_distribution,
                by(&|r| Some(r.started_at.with_timezone(&zone).format("%H").to_string())),
            ),
        ];
        for (found, wanted) in pairs {
            assert_eq!(*found, wanted, "{place}");
        }
        let seconds = rows.iter().filter_map(|r| r.duration_s.map(f64::from)).collect();
        assert!(close(found.avg_duration_seconds, mean(seconds)), "{place}");
        let answers = rows.iter().flat_map(|r| r.response_ms.iter().map(|ms| f64::from(*ms)));
        assert!(close(found.avg_response_ms, mean(answers.collect())), "{place}");
        let gains = rows.iter().map(|r| f64::from(u8::from(r.books()))).collect();
        assert!(close(found.conversion, mean(gains)), "{place}");
        let costs = rows.iter().filter_map(|r| r.cost);
        let (llm, tts) = costs.fold((0, 0), |sum, cost| (sum.0 + cost.0, sum.1 + cost.1));
        assert_eq!(found.total_cost_usd, usd(llm + tts), "{place}");
        let mut parts = Map::new();
        if rows.iter().any(|r| r.cost.is_some()) {
            parts.insert("llm".into(), json!(usd(llm)));
            parts.insert("tts".into(), json!(usd(tts)));
        }
        let told = found.cost_breakdown.as_object().unwrap();
        assert_eq!(told.len(), parts.len(), "{place}");
        for (part, wanted) in parts {
            let told: Decimal = told[&part].to_string().parse().unwrap();
            let wanted: Decimal = wanted.as_str().unwrap().parse().unwrap();
            assert_eq!(told, wanted, "{part} in {place}");
        }
    }
}

fn usd(millionths: i64) -> Decimal {
    Decimal::new(millionths, 6)
}
