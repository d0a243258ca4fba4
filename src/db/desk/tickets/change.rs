//! What is done with a ticket: who has it, where it stands, how much it matters, by when.
//!
//! Whoever changes a ticket says which version they saw. Somebody who is late changes nothing.

use crate::db::desk::audit;
use crate::db::desk::staff::Staff;
use crate::db::with_tenant;
use crate::shop::ticket::{Priority, TicketStatus};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Of a reason this much is kept, characters.
const NOTE_CHARS_MAX: usize = 500;

/// What changes of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct State {
    /// Where it stands.
    pub status: String,
    /// How much it matters.
    pub priority: String,
    /// Who has it.
    pub assigned_to: Option<Uuid>,
    /// By when.
    pub due_at: Option<DateTime<Utc>>,
    /// Why it is closed.
    pub close_reason: Option<String>,
}

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// To have what nobody has.
    Take,
    /// To have what somebody else has, for a reason.
    TakeOver(String),
    /// Somebody else to have it.
    Assign(Uuid),
    /// Nobody to have it.
    Release,
    /// It to stand elsewhere; closed with a reason.
    Status(TicketStatus, Option<String>),
    /// It to matter more, or less.
    Priority(Priority),
    /// It to be done by another moment, or by none.
    Due(Option<DateTime<Utc>>),
}

impl Change {
    const fn action(&self) -> (&'static str, &'static str) {
        match self {
            Self::Take => ("taken", "ticket.taken"),
            Self::TakeOver(_) => ("taken_over", "ticket.taken_over"),
            Self::Assign(_) => ("assigned", "ticket.assigned"),
            Self::Release => ("released", "ticket.released"),
            Self::Status(..) => ("status", "ticket.status_changed"),
            Self::Priority(_) => ("priority", "ticket.priority_changed"),
            Self::Due(_) => ("due", "ticket.due_changed"),
        }
    }

    fn note(&self) -> Option<String> {
        match self {
            Self::TakeOver(reason) => Some(reason.chars().take(NOTE_CHARS_MAX).collect()),
            _ => None,
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is so now.
    Done,
    /// There is no such ticket.
    Unknown,
    /// Somebody else was first: the version that was seen is not the present one.
    Stale,
    /// A ticket does not change like that.
    NotAllowed,
}

/// Changes a ticket of which version `seen` was looked at.
///
/// # Errors
/// What Postgres says.
pub async fn change(
    pool: &PgPool,
    staff: Staff,
    (ticket, seen): (Uuid, i32),
    change: Change,
) -> Result<Changed, sqlx::Error> {
    with_tenant(pool, staff.tenant, move |conn| {
        Box::pin(async move {
            let Some((version, before)) = locked(conn, ticket).await? else {
                return Ok(Changed::Unknown);
            };
            if version != seen {
                return Ok(Changed::Stale);
            }
            if let Change::Assign(user) = change
                && !is_colleague(conn, user).await?
            {
                return Ok(Changed::NotAllowed);
            }
            let Some(after) = applied(&before, &change, staff.user) else {
                return Ok(Changed::NotAllowed);
            };
            let what = Made { action: change.action(), note: change.note() };
            make(conn, &staff, (ticket, version), (Some(&before), &after), what).await?;
            Ok(Changed::Done)
        })
    })
    .await
}

/// Gives the first ticket of the queue that nobody has to whoever asks; none if there is none. Of
/// many who ask at once each gets another.
///
/// # Errors
/// What Postgres says.
pub async fn take_next(pool: &PgPool, staff: Staff) -> Result<Option<Uuid>, sqlx::Error> {
    with_tenant(pool, staff.tenant, move |conn| {
        Box::pin(async move {
            let found: Option<Uuid> = sqlx::query_scalar(
                "select id from tickets where assigned_to is null \
                     and status in ('open', 'in_progress', 'escalated', 'reopened') \
                 order by case when due_at < $1 then 0 else 1 end, \
                     case when priority = 'urgent' then 0 else 1 end, \
                     coalesce(due_at, timestamptz '9999-01-01 00:00:00Z'), created_at, id \
                 limit 1 for update skip locked",
            )
            .bind(staff.now)
            .fetch_optional(&mut *conn)
            .await?;
            let Some(ticket) = found else { return Ok(None) };
            let Some((version, before)) = locked(conn, ticket).await? else { return Ok(None) };
            let Some(after) = applied(&before, &Change::Take, staff.user) else {
                return Ok(None);
            };
            let what = Made { action: Change::Take.action(), note: None };
            make(conn, &staff, (ticket, version), (Some(&before), &after), what).await?;
            Ok(Some(ticket))
        })
    })
    .await
}

/// A ticket and its version, locked.
pub(super) async fn locked(
    conn: &mut PgConnection,
    ticket: Uuid,
) -> Result<Option<(i32, State)>, sqlx::Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        version: i32,
        #[sqlx(flatten)]
        state: State,
    }
    let found: Option<Row> = sqlx::query_as(
        "select version, status, priority, assigned_to, due_at, close_reason \
         from tickets where id = $1 for update",
    )
    .bind(ticket)
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|row| (row.version, row.state)))
}

/// True if tickets may be given to this account.
async fn is_colleague(conn: &mut PgConnection, user: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from dashboard.users \
         where id = $1 and role in ('admin', 'operator') and blocked_at is null)",
    )
    .bind(user)
    .fetch_one(conn)
    .await
}

/// How a change is called in the ticket's history and in the audit log, and why it was made.
pub(super) struct Made {
    pub(super) action: (&'static str, &'static str),
    pub(super) note: Option<String>,
}

/// Writes a change, its line in the history and its line in the audit log.
pub(super) async fn make(
    conn: &mut PgConnection,
    staff: &Staff,
    (ticket, version): (Uuid, i32),
    (before, after): (Option<&State>, &State),
    made: Made,
) -> Result<(), sqlx::Error> {
    let version = if before.is_some() { version + 1 } else { version };
    sqlx::query(
        "update tickets set version = $2, status = $3, priority = $4, assigned_to = $5, \
             due_at = $6, close_reason = $7, updated_at = now() where id = $1",
    )
    .bind(ticket)
    .bind(version)
    .bind(&after.status)
    .bind(&after.priority)
    .bind(after.assigned_to)
    .bind(after.due_at)
    .bind(&after.close_reason)
    .execute(&mut *conn)
    .await?;
    let json = |state: &State| serde_json::to_value(state).unwrap_or_default();
    let (before, after) = (before.map(json), json(after));
    sqlx::query(
        "insert into ticket_changes (tenant_id, ticket_id, version, action, user_id, actor, note, \
             before, after, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(staff.tenant.0)
    .bind(ticket)
    .bind(version)
    .bind(made.action.0)
    .bind(staff.user)
    .bind(&staff.actor)
    .bind(made.note)
    .bind(&before)
    .bind(&after)
    .bind(staff.now)
    .execute(&mut *conn)
    .await?;
    let deed = staff.deed(made.action.1, ("ticket", ticket), before, Some(after));
    audit::write(conn, deed).await
}

/// The ticket after a change by `me`; none if it does not change like that.
fn applied(before: &State, change: &Change, me: Uuid) -> Option<State> {
    let status = TicketStatus::from_word(&before.status)?;
    let mut after = before.clone();
    let begin = |after: &mut State| {
        if matches!(status, TicketStatus::Open | TicketStatus::Reopened | TicketStatus::Escalated) {
            TicketStatus::InProgress.as_str().clone_into(&mut after.status);
        }
    };
    match change {
        _ if status.is_done() && !matches!(change, Change::Status(..)) => return None,
        Change::Take => {
            if before.assigned_to.is_some() {
                return None;
            }
            after.assigned_to = Some(me);
            begin(&mut after);
        }
        Change::TakeOver(reason) => {
            if reason.trim().is_empty() || before.assigned_to.is_none_or(|has| has == me) {
                return None;
            }
            after.assigned_to = Some(me);
        }
        Change::Assign(user) => after.assigned_to = Some(*user),
        Change::Release => {
            before.assigned_to?;
            after.assigned_to = None;
            if status == TicketStatus::InProgress {
                TicketStatus::Open.as_str().clone_into(&mut after.status);
            }
        }
        Change::Status(to, reason) => {
            if !status.may_become(*to) || (*to == TicketStatus::Closed) != reason.is_some() {
                return None;
            }
            to.as_str().clone_into(&mut after.status);
            after.close_reason.clone_from(reason);
            if *to == TicketStatus::InProgress && after.assigned_to.is_none() {
                after.assigned_to = Some(me);
            }
        }
        Change::Priority(priority) => priority.as_str().clone_into(&mut after.priority),
        Change::Due(due_at) => after.due_at = *due_at,
    }
    (after != *before).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    fn ticket(status: TicketStatus, assigned_to: Option<Uuid>) -> State {
        State {
            status: status.as_str().into(),
            priority: "medium".into(),
            assigned_to,
            due_at: None,
            close_reason: None,
        }
    }

    #[test]
    fn who_takes_a_ticket_begins_it_and_nobody_takes_what_somebody_has() {
        for status in TicketStatus::ALL {
            let taken = applied(&ticket(status, None), &Change::Take, ME);
            assert_eq!(taken.is_none(), status.is_done(), "{status:?}");
            let Some(taken) = taken else { continue };
            assert_eq!(taken.assigned_to, Some(ME));
            let waits = status == TicketStatus::PendingCustomer;
            assert_eq!(taken.status == "in_progress", !waits, "{status:?}");
        }
        let theirs = ticket(TicketStatus::InProgress, Some(OTHER));
        assert_eq!(applied(&theirs, &Change::Take, ME), None);
        assert_eq!(applied(&theirs, &Change::TakeOver(" ".into()), ME), None);
        let mine = applied(&theirs, &Change::TakeOver("Olha is ill".into()), ME).unwrap();
        assert_eq!(mine.assigned_to, Some(ME));
        let free = applied(&mine, &Change::Release, ME).unwrap();
        assert_eq!((free.status.as_str(), free.assigned_to), ("open", None));
        assert_eq!(applied(&free, &Change::Release, ME), None);
    }

    #[test]
    fn only_legal_states_follow_and_closing_needs_a_reason() {
        for from in TicketStatus::ALL {
            for to in TicketStatus::ALL {
                let reason = (to == TicketStatus::Closed).then(|| "done".to_owned());
                let change = Change::Status(to, reason);
                let after = applied(&ticket(from, None), &change, ME);
                assert_eq!(after.is_some(), from.may_become(to), "{from:?} to {to:?}");
            }
        }
        let open = ticket(TicketStatus::Open, None);
        assert_eq!(applied(&open, &Change::Status(TicketStatus::Closed, None), ME), None);
        let reason = Some("done".to_owned());
        assert_eq!(applied(&open, &Change::Status(TicketStatus::Resolved, reason), ME), None);
        let begun = applied(&open, &Change::Status(TicketStatus::InProgress, None), ME).unwrap();
        assert_eq!(begun.assigned_to, Some(ME));
    }
}
