//! Stations, and what the database knows of one for a booking.

use super::slots::{Busy, Hours, Plan, around};
use super::transaction::Fault;
use crate::ids::CallId;
use crate::language::Language;
use crate::shop::Service;
use crate::store::{Scope, Slot, Station, StoreError};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    external_code: String,
    name: String,
    city: String,
    district: String,
    address: String,
}

/// Active stations, named in `language` where the shop has such names, otherwise in English.
pub(super) async fn list(
    conn: &mut PgConnection,
    city: Option<&str>,
    language: Language,
) -> Result<Vec<Station>, Fault> {
    let rows: Vec<Row> = sqlx::query_as(
        "select s.id, s.external_code, \
                coalesce(nullif(case when $2 then s.name_uk end, ''), s.name) as name, \
                coalesce(nullif(case when $2 then s.city_uk end, ''), s.city) as city, \
                coalesce(nullif(case when $2 then s.district_uk end, ''), s.district) \
                    as district, \
                coalesce(nullif(case when $2 then s.address_uk end, ''), s.address) as address \
         from fitting_stations s \
         where s.active and ($1::text is null or lower($1) in (lower(s.city), lower(s.city_uk)) \
           or lower($1) in (select lower(alias) from unnest(s.city_aliases) alias)) \
         order by s.city, s.name, s.external_code",
    )
    .bind(city.map(str::trim))
    .bind(language != Language::En)
    .fetch_all(conn)
    .await?;
    let station = |row: Row| Station {
        id: row.id,
        code: row.external_code,
        name: row.name,
        city: row.city,
        district: row.district,
        address: row.address,
    };
    Ok(rows.into_iter().map(station).collect())
}

/// A station where the service can be booked.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Bookable {
    pub(super) id: Uuid,
    pub(super) posts: i16,
    pub(super) slot_minutes: i16,
    pub(super) timezone: String,
    pub(super) offered: bool,
}

/// The station of this code, if the service is offered there.
pub(super) async fn for_booking(
    conn: &mut PgConnection,
    code: &str,
    service: Service,
) -> Result<Bookable, Fault> {
    let found: Option<Bookable> = sqlx::query_as(
        "select s.id, s.posts, s.slot_minutes, t.timezone, s.services ? $2 as offered \
         from fitting_stations s join tenants t on t.id = s.tenant_id \
         where s.active and s.external_code = $1",
    )
    .bind(code)
    .bind(service_word(service))
    .fetch_optional(conn)
    .await?;
    let Some(station) = found else {
        return Err(rule(
            "unknown_station",
            "There is no such station. Call get_fitting_stations and use a station_id from its answer.",
        ));
    };
    if !station.offered {
        return Err(rule(
            "service_not_offered",
            "This station does not do this service. Offer another station or another service.",
        ));
    }
    Ok(station)
}

/// Whose question it is: what they keep themselves is not in their way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker {
    /// None: whoever asks keeps nothing.
    pub(super) call: Option<CallId>,
    pub(super) now: DateTime<Utc>,
    /// A booking that is about to move.
    pub(super) moving: Option<Uuid>,
}

/// Hours, closures and occupied posts of the days `from` to `to`.
pub(super) async fn plan(
    conn: &mut PgConnection,
    station: &Bookable,
    from: NaiveDate,
    to: NaiveDate,
    asker: Asker,
) -> Result<Plan, Fault> {
    let zone = station.timezone.parse().map_err(|_| {
        tracing::error!(zone = station.timezone, "the shop's time zone is unknown");
        StoreError::Away("the shop's time zone is unknown".into())
    })?;
    let hours: Vec<(i16, NaiveTime, NaiveTime)> = sqlx::query_as(
        "select weekday, opens, closes from fitting_station_hours where station_id = $1",
    )
    .bind(station.id)
    .fetch_all(&mut *conn)
    .await?;
    let closed: Vec<(NaiveDate, NaiveDate)> = sqlx::query_as(
        "select closed_from, closed_to from fitting_closures \
         where (station_id is null or station_id = $1) and closed_from <= $3 and closed_to >= $2",
    )
    .bind(station.id)
    .bind(from)
    .bind(to)
    .fetch_all(&mut *conn)
    .await?;
    let (first, last) = around(from, to);
    let busy: Vec<(i16, NaiveDateTime, NaiveDateTime)> = sqlx::query_as(
        "select post, lower(during), upper(during) from fitting_bookings \
         where station_id = $1 and booking_date between $2 and $3 \
           and (status = 'confirmed' or status = 'held' and hold_expires_at > $4 \
                and ($5::uuid is null or source_call_id is distinct from $5)) \
           and id is distinct from $6",
    )
    .bind(station.id)
    .bind(first)
    .bind(last)
    .bind(asker.now)
    .bind(asker.call.map(|call| call.0))
    .bind(asker.moving)
    .fetch_all(conn)
    .await?;
    Ok(Plan {
        zone,
        posts: station.posts,
        step_minutes: station.slot_minutes,
        hours: (hours.into_iter())
            .map(|(weekday, opens, closes)| Hours { weekday: weekday as u32, opens, closes })
            .collect(),
        closed,
        busy: busy.into_iter().map(|(post, from, to)| Busy { post, from, to }).collect(),
    })
}

/// Bookable times of a station from one day to another.
pub(super) async fn free(
    conn: &mut PgConnection,
    scope: &Scope,
    (code, from, to, service): &(String, NaiveDate, NaiveDate, Service),
) -> Result<Vec<Slot>, Fault> {
    let station = for_booking(conn, code, *service).await?;
    let asker = Asker { call: Some(scope.call), now: scope.now, moving: None };
    let plan = plan(conn, &station, *from, *to, asker).await?;
    Ok(plan.free(*from, *to, *service, scope.now))
}

/// The word of a service in the tables.
pub(super) const fn service_word(service: Service) -> &'static str {
    match service {
        Service::TireChange => "tire_change",
        Service::Balancing => "balancing",
        Service::FullService => "full_service",
    }
}

/// The service of a word in the tables, whose check leaves only these.
pub(super) fn service_of(word: &str) -> Service {
    match word {
        "balancing" => Service::Balancing,
        "full_service" => Service::FullService,
        _ => Service::TireChange,
    }
}

/// A rule of the shop, with the next step for the model.
pub(super) fn rule(code: &'static str, message: impl Into<String>) -> Fault {
    Fault::Refused(StoreError::Rule { code, message: message.into() })
}
