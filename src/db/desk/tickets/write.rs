//! What is written by hand: a ticket, a word in it, and that somebody was phoned.

use super::change::{Changed, Made, State, locked, make};
use crate::db::desk::audit;
use crate::db::desk::staff::Staff;
use crate::db::with_tenant;
use crate::pii::Phone;
use crate::shop::ticket::{ATTEMPTS_MAX, Priority, TicketStatus};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

/// How long nobody phones who did not answer: three tries fall on two days and a bit.
const TRY_AGAIN: TimeDelta = TimeDelta::hours(24);

/// A ticket to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    /// What is to be done; 1 to 255 characters.
    pub title: String,
    /// What else is to be known.
    pub description: String,
    /// How much it matters.
    pub priority: Priority,
    /// The number to phone.
    pub phone: Option<Phone>,
    /// By when.
    pub due_at: Option<DateTime<Utc>>,
}

/// Writes a ticket. One with the number of a customer is theirs.
///
/// # Errors
/// What Postgres says.
pub async fn create(pool: &PgPool, staff: Staff, new: NewTicket) -> Result<Uuid, sqlx::Error> {
    with_tenant(pool, staff.tenant, move |conn| {
        Box::pin(async move {
            let id: Uuid = sqlx::query_scalar(
                "insert into tickets (tenant_id, title, description, ticket_type, source, \
                     priority, created_by_id, phone, customer_id, due_at) \
                 values ($1, $2, nullif($3, ''), 'request', 'desk', $4, $5, $6, \
                     (select id from customers where phone = $6 and deleted_at is null), $7) \
                 returning id",
            )
            .bind(staff.tenant.0)
            .bind(new.title)
            .bind(new.description)
            .bind(new.priority.as_str())
            .bind(staff.user)
            .bind(new.phone.as_ref().map(Phone::reveal))
            .bind(new.due_at)
            .fetch_one(&mut *conn)
            .await?;
            let state = State {
                status: TicketStatus::Open.as_str().to_owned(),
                priority: new.priority.as_str().to_owned(),
                assigned_to: None,
                due_at: new.due_at,
                close_reason: None,
            };
            let made = Made { action: ("made", "ticket.made"), note: None };
            make(conn, &staff, (id, 1), (None, &state), made).await?;
            Ok(id)
        })
    })
    .await
}

/// What a word in a ticket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// For colleagues.
    Note,
    /// What the customer was told.
    Answer,
}

impl Kind {
    /// As it stands in the message's notes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Answer => "answer",
        }
    }
}

/// Writes a word into a ticket; false if there is none. A word changes no state: nobody is too late
/// for it.
///
/// # Errors
/// What Postgres says.
pub async fn say(
    pool: &PgPool,
    staff: Staff,
    ticket: Uuid,
    kind: Kind,
    text: String,
) -> Result<bool, sqlx::Error> {
    with_tenant(pool, staff.tenant, move |conn| {
        Box::pin(async move {
            let touched = sqlx::query("update tickets set updated_at = now() where id = $1")
                .bind(ticket)
                .execute(&mut *conn)
                .await?;
            if touched.rows_affected() == 0 {
                return Ok(false);
            }
            sqlx::query(
                "insert into ticket_messages (tenant_id, ticket_id, role, content, \
                     metadata_json, created_at) values ($1, $2, 'operator', $3, $4, $5)",
            )
            .bind(staff.tenant.0)
            .bind(ticket)
            .bind(text)
            .bind(json!({ "kind": kind.code(), "actor": staff.actor, "user": staff.user }))
            .bind(staff.now)
            .execute(&mut *conn)
            .await?;
            // The words themselves stand in the ticket, and go with it.
            let what = json!({ "kind": kind.code() });
            let deed = staff.deed("ticket.noted", ("ticket", ticket), None, Some(what));
            audit::write(conn, deed).await?;
            Ok(true)
        })
    })
    .await
}

/// Somebody was phoned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// One of [`crate::shop::ticket::ATTEMPT_RESULTS`].
    pub result: &'static str,
    /// What is to be known of it.
    pub note: String,
}

/// Notes that somebody was phoned, by whoever has the ticket. Who does not answer is phoned again a
/// day later; after [`ATTEMPTS_MAX`] tries the ticket is closed.
///
/// # Errors
/// What Postgres says.
pub async fn attempt(
    pool: &PgPool,
    staff: Staff,
    (ticket, seen): (Uuid, i32),
    tried: Tried,
) -> Result<Changed, sqlx::Error> {
    with_tenant(pool, staff.tenant, move |conn| {
        Box::pin(async move {
            let Some((version, before)) = locked(conn, ticket).await? else {
                return Ok(Changed::Unknown);
            };
            if version != seen {
                return Ok(Changed::Stale);
            }
            let status = TicketStatus::from_word(&before.status);
            let open = status.is_some_and(|status| !status.is_done());
            if before.assigned_to != Some(staff.user) || !open {
                return Ok(Changed::NotAllowed);
            }
            let (number, missed): (i32, i64) = sqlx::query_as(
                "insert into ticket_attempts (tenant_id, ticket_id, number, result, note, \
                     user_id, actor, at) \
                 select $1, $2, coalesce(max(number), 0) + 1, $3, nullif($4, ''), $5, $6, $7 \
                 from ticket_attempts where ticket_id = $2 \
                 returning number, (select count(*) from ticket_attempts \
                     where ticket_id = $2 and result <> 'reached')",
            )
            .bind(staff.tenant.0)
            .bind(ticket)
            .bind(tried.result)
            .bind(&tried.note)
            .bind(staff.user)
            .bind(&staff.actor)
            .bind(staff.now)
            .fetch_one(&mut *conn)
            .await?;
            // What is returned was read before this try was there.
            let missed = i32::try_from(missed).unwrap_or(i32::MAX).saturating_add(1);
            let after = tried_state(&before, tried.result, missed, staff.now);
            let made = Made {
                action: ("attempt", "ticket.attempted"),
                note: Some(format!("{number} {}", tried.result)),
            };
            make(conn, &staff, (ticket, version), (Some(&before), &after), made).await?;
            Ok(Changed::Done)
        })
    })
    .await
}

/// The ticket after a try, the `missed`th in vain if it was one.
fn tried_state(before: &State, result: &str, missed: i32, now: DateTime<Utc>) -> State {
    let mut after = before.clone();
    let becomes = |after: &mut State, status: TicketStatus| {
        status.as_str().clone_into(&mut after.status);
    };
    match result {
        "reached" => becomes(&mut after, TicketStatus::InProgress),
        "wrong_number" => {
            becomes(&mut after, TicketStatus::Closed);
            after.close_reason = Some("wrong_number".to_owned());
        }
        _ if missed >= ATTEMPTS_MAX => {
            becomes(&mut after, TicketStatus::Closed);
            after.close_reason = Some("not_reached".to_owned());
        }
        _ => {
            becomes(&mut after, TicketStatus::PendingCustomer);
            after.due_at = Some(now + TRY_AGAIN);
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_tries_in_vain_close_a_ticket_and_one_that_reaches_goes_on() {
        let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        let mut state = State {
            status: "in_progress".into(),
            priority: "high".into(),
            assigned_to: Some(Uuid::nil()),
            due_at: None,
            close_reason: None,
        };
        for missed in 1..ATTEMPTS_MAX {
            state = tried_state(&state, "no_answer", missed, now);
            assert_eq!(state.status, "pending_customer");
            assert_eq!(state.due_at, Some(now + TRY_AGAIN));
        }
        assert_eq!(tried_state(&state, "reached", 3, now).status, "in_progress");
        let closed = tried_state(&state, "busy", ATTEMPTS_MAX, now);
        assert_eq!(
            (closed.status.as_str(), closed.close_reason.as_deref()),
            ("closed", Some("not_reached"))
        );
        let wrong = tried_state(&state, "wrong_number", 1, now);
        assert_eq!(wrong.close_reason.as_deref(), Some("wrong_number"));
    }
}
