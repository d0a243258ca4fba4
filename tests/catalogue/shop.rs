//! The shop that the tests phone: a database of its own, the program's own parts.

use crate::database::{TestDb, fresh_database};
use async_trait::async_trait;
use secrecy::SecretString;
use sqlx::AssertSqlSafe;
use std::path::PathBuf;
use std::sync::Arc;
use treadline::app::{self, Parts, Providers};
use treadline::clock::WallClock;
use treadline::config::{Config, Secrets};
use treadline::language::Language;
use treadline::stt::{ListenOptions, Listener, SpeechToText, SttError};
use treadline::tts::{TextToSpeech, TtsError, Voiced};
use treadline::turn::Failure;
use uuid::Uuid;

/// A Monday at ten in Kyiv, when all stations are open.
pub const NOW: &str = "2026-11-23T08:00:00Z";
/// The caller of these tests, and somebody else.
pub const CALLER: &str = "+380672220001";
pub const OTHER: &str = "+380671110001";
/// The station in Kyiv's Obolon.
pub const OBOLON: &str = "100201";

/// Nobody speaks or listens in a typed conversation.
struct Nobody;

#[async_trait]
impl SpeechToText for Nobody {
    fn name(&self) -> &'static str {
        "nobody"
    }

    async fn open(&self, _options: ListenOptions) -> Result<Box<dyn Listener>, SttError> {
        Err(SttError { provider: "nobody", failure: Failure::Refused, detail: "typed".into() })
    }
}

#[async_trait]
impl TextToSpeech for Nobody {
    fn name(&self) -> &'static str {
        "nobody"
    }

    async fn speak(&self, _text: &str, _language: Language) -> Result<Voiced, TtsError> {
        Err(TtsError { provider: "nobody", failure: Failure::Refused, detail: "typed".into() })
    }
}

pub struct Shop {
    pub db: TestDb,
    pub parts: Parts,
    folder: PathBuf,
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Shop {
    /// `None` only if tests that need Postgres are skipped.
    pub async fn open() -> Option<Self> {
        Self::open_at(NOW, |_| {}).await
    }

    /// The same at another time, or otherwise set up.
    pub async fn open_at(now: &str, configure: fn(&mut Config)) -> Option<Self> {
        let db = fresh_database().await?;
        let folder = std::env::temp_dir().join(format!("treadline-catalogue-{}", Uuid::new_v4()));
        let mut config = Config::default();
        config.database.data_dir = folder.clone();
        let call = &mut config.limits.call;
        (call.endpointing_ms, call.endpointing_slow_ms, call.transcribe_early_ms) = (1, 1, 0);
        // A busy machine must not put "one moment" between the lines that are judged.
        (call.barge_in_ms, call.filler_ms) = (0, 60_000);
        configure(&mut config);
        let secrets = Secrets {
            database_url: Some(SecretString::from(db.url.clone())),
            ..Secrets::default()
        };
        let clock = WallClock::starting_at(now.parse().expect("a time"));
        let parts = app::assemble_with(config, secrets, clock, |_, _, local| {
            Ok(Providers { stt: Arc::new(Nobody), llm: local, tts: Arc::new(Nobody) })
        })
        .await
        .expect("the agent is made");
        Some(Self { db, parts, folder })
    }

    /// Changes the shop behind the agent's back.
    pub async fn execute(&self, sql: &'static str) {
        let mut owner = self.db.owner().await;
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut owner)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The one text that `sql` asks for, once the log stands in the database; $1 is the number.
    pub async fn text(&self, sql: &'static str, phone: &str) -> String {
        assert!(self.parts.flush_log().await, "the log does not reach the database");
        let mut owner = self.db.owner().await;
        let found: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(phone)
            .fetch_one(&mut owner)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        found.unwrap_or_default()
    }

    /// The confirmed bookings of a number, as "100201 2026-11-24 10:00" with semicolons.
    pub async fn bookings(&self, phone: &str) -> String {
        let sql = "select string_agg(s.external_code || ' ' || b.booking_date || ' ' || \
             to_char(b.booking_time, 'HH24:MI'), '; ' order by b.booking_date, b.booking_time) \
             from fitting_bookings b join fitting_stations s on s.id = b.station_id \
             where b.phone = $1 and b.status = 'confirmed'";
        self.text(sql, phone).await
    }

    /// The confirmed orders of a number, as "4 x 00000010421 = 4680.00".
    pub async fn orders(&self, phone: &str) -> String {
        let sql = "select string_agg(i.quantity || ' x ' || i.product_id || ' = ' || o.subtotal, \
             '; ') from orders o join order_items i on i.order_id = o.id \
             where o.phone = $1 and o.status <> 'draft'";
        self.text(sql, phone).await
    }

    /// A booking that stood before the call: Obolon, Thursday the 26th at ten.
    pub async fn has_booking(&self, phone: &str) {
        let mut owner = self.db.owner().await;
        sqlx::query(
            "insert into fitting_bookings (tenant_id, station_id, booking_date, booking_time, \
                 post, service_type, vehicle_info, customer_name, phone, phone_verified, source) \
             select tenant_id, id, date '2026-11-26', time '10:00', 1, 'tire_change', \
                 'grey Toyota', 'Olena', $1, true, 'test' \
             from fitting_stations where external_code = '100201'",
        )
        .bind(phone)
        .execute(&mut owner)
        .await
        .expect("a booking");
    }
}
