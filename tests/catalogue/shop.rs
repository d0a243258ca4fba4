//! The shop that the tests phone: a database of its own, the program's own parts.

pub use crate::catalogue::typed_shop::NOW;
use crate::catalogue::typed_shop::TypedShop;
use sqlx::AssertSqlSafe;
use std::ops::Deref;
use treadline::config::Config;

/// The caller of these tests, and somebody else.
pub const CALLER: &str = "+380672220001";
pub const OTHER: &str = "+380671110001";
/// The station in Kyiv's Obolon.
pub const OBOLON: &str = "100201";

pub struct Shop(TypedShop);

impl Deref for Shop {
    type Target = TypedShop;

    fn deref(&self) -> &TypedShop {
        &self.0
    }
}

/// A busy machine must not put "one moment" between the lines that are judged.
const NO_FILLER_MS: u64 = 60_000;

impl Shop {
    /// `None` only if tests that need Postgres are skipped.
    pub async fn open() -> Option<Self> {
        Self::open_at(NOW, |_| {}).await
    }

    /// The same at another time, or otherwise set up.
    pub async fn open_at(now: &str, configure: fn(&mut Config)) -> Option<Self> {
        let shop = TypedShop::open(now, |config| {
            config.limits.call.filler_ms = NO_FILLER_MS;
            configure(config);
        });
        shop.await.map(Self)
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
