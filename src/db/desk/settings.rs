//! Versions of settings: read, saved over the version that was seen, and put back.

use super::audit::{self, Deed};
use super::reading;
use super::staff::Staff;
use crate::config::settings::{Holiday, Hours, SettingKey};
use crate::db::with_tenant;
use crate::ids::TenantId;
use crate::shop::{Stretch, stretches};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use std::collections::BTreeMap;

/// Versions that are shown; older ones stay in the table.
pub const VERSIONS_SHOWN: i64 = 20;

/// A version of a setting.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Version {
    /// Counts from 1.
    pub version: i32,
    /// What was chosen.
    pub value: Value,
    /// Why.
    pub reason: String,
    /// By whom.
    pub changed_by: String,
    /// When.
    pub changed_at: DateTime<Utc>,
}

/// The latest versions of a setting, the newest first; the first one is in force.
///
/// # Errors
/// What Postgres says.
pub async fn versions(
    pool: &PgPool,
    tenant: TenantId,
    key: SettingKey,
) -> Result<Vec<Version>, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select version, value, reason, changed_by, changed_at from settings \
                 where key = $1 order by version desc limit $2",
            )
            .bind(key.as_str())
            .bind(VERSIONS_SHOWN)
            .fetch_all(conn)
            .await
        })
    })
    .await
}

/// One version of a setting, however old.
///
/// # Errors
/// What Postgres says.
pub async fn version(
    pool: &PgPool,
    tenant: TenantId,
    key: SettingKey,
    version: i32,
) -> Result<Option<Version>, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_as(
                "select version, value, reason, changed_by, changed_at from settings \
                 where key = $1 and version = $2",
            )
            .bind(key.as_str())
            .bind(version)
            .fetch_optional(conn)
            .await
        })
    })
    .await
}

/// What somebody wants to be in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// Which setting.
    pub key: SettingKey,
    /// The version that was in force when they looked; 0: none was.
    pub seen: i32,
    /// What they want.
    pub value: Value,
    /// Why.
    pub reason: String,
    /// The version that is put back, if it is one.
    pub back_to: Option<i32>,
    /// What goes into the books of the stations with it.
    pub hours: Option<Hours>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It is in force, as this version.
    Done(i32),
    /// Somebody else was first.
    Stale,
    /// There is no such station.
    Unknown,
}

/// Puts a wish in force, if the version that was seen still is.
///
/// # Errors
/// What Postgres says.
pub async fn save(pool: &PgPool, staff: Staff, wish: Wish) -> Result<Saved, sqlx::Error> {
    let outcome = with_tenant(pool, staff.tenant, move |conn| {
        Box::pin(async move { save_in(conn, &staff, wish).await })
    });
    // Only a success is committed.
    match outcome.await {
        Ok(version) => Ok(Saved::Done(version)),
        Err(Stop::Stale) => Ok(Saved::Stale),
        Err(Stop::Unknown) => Ok(Saved::Unknown),
        Err(Stop::Failed(error)) => Err(error),
    }
}

enum Stop {
    Stale,
    Unknown,
    Failed(sqlx::Error),
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error)
    }
}

async fn save_in(conn: &mut PgConnection, staff: &Staff, wish: Wish) -> Result<i32, Stop> {
    let before: Option<(i32, Value)> = sqlx::query_as(
        "select version, value from settings where key = $1 order by version desc limit 1",
    )
    .bind(wish.key.as_str())
    .fetch_optional(&mut *conn)
    .await?;
    let (in_force, before) = before.map_or((0, None), |(version, value)| (version, Some(value)));
    if in_force != wish.seen {
        return Err(Stop::Stale);
    }
    let version = in_force + 1;
    // Of two who saw the same version the key lets one through.
    let written = sqlx::query(
        "insert into settings (tenant_id, key, version, value, reason, changed_by, changed_at) \
         values ($1, $2, $3, $4, $5, $6, $7) \
         on conflict on constraint settings_pkey do nothing",
    )
    .bind(staff.tenant.0)
    .bind(wish.key.as_str())
    .bind(version)
    .bind(&wish.value)
    .bind(&wish.reason)
    .bind(&staff.actor)
    .bind(staff.now)
    .execute(&mut *conn)
    .await?;
    if written.rows_affected() == 0 {
        return Err(Stop::Stale);
    }
    if let Some(hours) = &wish.hours {
        write_hours(conn, staff.tenant, hours).await?;
    }
    let action = if wish.back_to.is_some() { "settings.put_back" } else { "settings.saved" };
    let deed = Deed {
        tenant: staff.tenant,
        user: Some(staff.user),
        actor: staff.actor.clone(),
        action,
        object_kind: "settings",
        object_id: wish.key.as_str().to_owned(),
        before: before.map(|value| json!({ "version": in_force, "value": value })),
        after: Some(json!({
            "version": version, "value": wish.value, "reason": wish.reason, "back_to": wish.back_to,
        })),
        address: Some(staff.address.clone()),
        at: staff.now,
    };
    audit::write(conn, deed).await?;
    Ok(version)
}

/// Holidays and stations' hours into the tables that bookings obey.
async fn write_hours(conn: &mut PgConnection, tenant: TenantId, hours: &Hours) -> Result<(), Stop> {
    sqlx::query("delete from fitting_closures where station_id is null")
        .execute(&mut *conn)
        .await?;
    for Holiday { from, to, name } in &hours.holidays {
        sqlx::query(
            "insert into fitting_closures (tenant_id, closed_from, closed_to, reason) \
             values ($1, $2, $3, $4)",
        )
        .bind(tenant.0)
        .bind(from)
        .bind(to)
        .bind(name)
        .execute(&mut *conn)
        .await?;
    }
    for (code, written) in &hours.stations {
        let station: Option<uuid::Uuid> = sqlx::query_scalar(
            "update fitting_stations set working_hours = $2, updated_at = now() \
             where external_code = $1 returning id",
        )
        .bind(code)
        .bind(written.join(", "))
        .fetch_optional(&mut *conn)
        .await?;
        let station = station.ok_or(Stop::Unknown)?;
        sqlx::query("delete from fitting_station_hours where station_id = $1")
            .bind(station)
            .execute(&mut *conn)
            .await?;
        let rows = written.iter().filter_map(|text| text.parse::<Stretch>().ok());
        for stretch in rows {
            let (opens, closes) = stretch.times();
            let days: Vec<i16> = stretch.weekdays().collect();
            sqlx::query(
                "insert into fitting_station_hours (tenant_id, station_id, weekday, opens, closes) \
                 select $1, $2, day, $4, $5 from unnest($3::smallint[]) as day \
                 on conflict on constraint fitting_station_hours_pkey do nothing",
            )
            .bind(tenant.0)
            .bind(station)
            .bind(days)
            .bind(opens)
            .bind(closes)
            .execute(&mut *conn)
            .await?;
        }
    }
    Ok(())
}

/// A station, for its name beside its hours.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Station {
    /// As in the hours.
    pub external_code: String,
    /// As people know it.
    pub name: String,
}

/// What the stations' books say now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Books {
    /// Holidays of the whole shop, and hours of each station.
    pub hours: Hours,
    /// The stations that are served.
    pub stations: Vec<Station>,
    /// Confirmed bookings on a holiday that is still to come, by its first day.
    pub bookings: BTreeMap<NaiveDate, i64>,
}

type StationHours = (String, i16, NaiveTime, NaiveTime);

/// Holidays and hours as bookings obey them, and which bookings stand on a holiday from `today` on.
///
/// # Errors
/// What Postgres says.
pub async fn books(
    pool: &PgPool,
    tenant: TenantId,
    today: NaiveDate,
) -> Result<Books, sqlx::Error> {
    reading(pool, tenant, move |conn| {
        Box::pin(async move {
            let closures: Vec<(NaiveDate, NaiveDate, String, i64)> = sqlx::query_as(
                "select c.closed_from, c.closed_to, c.reason, \
                     (select count(*) from fitting_bookings b where b.status = 'confirmed' \
                         and b.booking_date between c.closed_from and c.closed_to \
                         and b.booking_date >= $1) \
                 from fitting_closures c where c.station_id is null \
                 order by c.closed_from, c.closed_to, c.reason",
            )
            .bind(today)
            .fetch_all(&mut *conn)
            .await?;
            let stations: Vec<Station> = sqlx::query_as(
                "select external_code, name from fitting_stations where active order by external_code",
            )
            .fetch_all(&mut *conn)
            .await?;
            let rows: Vec<StationHours> = sqlx::query_as(
                "select s.external_code, h.weekday, h.opens, h.closes \
                 from fitting_station_hours h join fitting_stations s on s.id = h.station_id \
                 where s.active",
            )
            .fetch_all(conn)
            .await?;
            Ok(gathered(closures, stations, rows))
        })
    })
    .await
}

fn gathered(
    closures: Vec<(NaiveDate, NaiveDate, String, i64)>,
    stations: Vec<Station>,
    rows: Vec<StationHours>,
) -> Books {
    let mut books = Books::default();
    for (from, to, name, bookings) in closures {
        books.hours.holidays.push(Holiday { from, to, name });
        if bookings > 0 {
            books.bookings.insert(from, bookings);
        }
    }
    let mut by_station: BTreeMap<String, Vec<(i16, NaiveTime, NaiveTime)>> =
        stations.iter().map(|station| (station.external_code.clone(), Vec::new())).collect();
    for (code, weekday, opens, closes) in rows {
        by_station.entry(code).or_default().push((weekday, opens, closes));
    }
    books.hours.stations =
        by_station.into_iter().map(|(code, days)| (code, stretches(days))).collect();
    books.stations = stations;
    books
}
