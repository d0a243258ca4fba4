//! What somebody does with a caller who is on the way to them: take, refuse, note, file.

use super::was_talk;
use crate::db::desk::staff::Staff;
use crate::db::desk::{audit, presence};
use crate::db::live::{self, Message};
use crate::db::with_tenant;
use crate::ids::TenantId;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// To have the caller.
    Take,
    /// Not to have the caller, for one of [`super::REFUSALS`].
    Refuse(&'static str),
    /// To note something.
    Note(String),
    /// The talk is over; the sheet is still open.
    Over,
    /// The talk ended like that: one of [`super::OUTCOMES`].
    File(&'static str),
    /// To file nothing; allowed where nobody talked, or where the shop does not ask for it.
    Skip {
        /// Does the shop ask for an outcome of every talk?
        required: bool,
    },
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acted {
    /// It is so now.
    Done,
    /// There is no such pop.
    Unknown,
    /// Somebody else has the caller.
    Late,
    /// It is not theirs, is filed, or needs an outcome.
    NotAllowed,
}

#[derive(sqlx::FromRow)]
struct Row {
    call_id: Uuid,
    attempt: i32,
    fate: Option<String>,
    taken_by: Option<Uuid>,
    note: String,
    filed: bool,
    over: bool,
}

/// True if the shop has such a pop.
///
/// # Errors
/// What Postgres says.
pub async fn is_known(pool: &PgPool, tenant: TenantId, pop: Uuid) -> Result<bool, sqlx::Error> {
    crate::db::desk::reading(pool, tenant, move |conn| {
        Box::pin(async move {
            sqlx::query_scalar("select exists (select from dashboard.pops where id = $1)")
                .bind(pop)
                .fetch_one(conn)
                .await
        })
    })
    .await
}

/// Does it, with its line in the audit log; pages hear of it.
///
/// # Errors
/// What Postgres says.
pub async fn act(pool: &PgPool, staff: Staff, pop: Uuid, act: Act) -> Result<Acted, sqlx::Error> {
    with_tenant(pool, staff.tenant, move |conn| {
        Box::pin(async move {
            let found: Option<Row> = sqlx::query_as(
                "select call_id, attempt, fate, taken_by, note, filed_at is not null as filed, \
                        over_at is not null as over \
                 from dashboard.pops where id = $1 for update",
            )
            .bind(pop)
            .fetch_optional(&mut *conn)
            .await?;
            let Some(row) = found else { return Ok(Acted::Unknown) };
            let others = row.taken_by.is_some_and(|has| has != staff.user);
            if others {
                return Ok(if matches!(act, Act::Take) { Acted::Late } else { Acted::NotAllowed });
            }
            if row.filed {
                return Ok(Acted::NotAllowed);
            }
            let doing = Doing { staff, pop, row };
            let acted = doing.carry_out(conn, act).await?;
            if acted == Acted::Done {
                live::send(conn, &Message::Board { tenant: doing.staff.tenant }).await?;
            }
            Ok(acted)
        })
    })
    .await
}

struct Doing {
    staff: Staff,
    pop: Uuid,
    row: Row,
}

impl Doing {
    fn is_mine(&self) -> bool {
        self.row.taken_by == Some(self.staff.user)
    }

    async fn carry_out(&self, conn: &mut PgConnection, act: Act) -> Result<Acted, sqlx::Error> {
        match act {
            Act::Take => self.take(conn).await,
            Act::Refuse(reason) => self.refuse(conn, reason).await,
            _ if !self.is_mine() => Ok(Acted::NotAllowed),
            Act::Note(text) => self.note(conn, text).await,
            Act::Over => self.over(conn).await,
            Act::File(outcome) => self.file(conn, outcome).await,
            Act::Skip { required } if required && was_talk(self.row.fate.as_deref()) => {
                Ok(Acted::NotAllowed)
            }
            Act::Skip { .. } => self.file(conn, "skipped").await,
        }
    }

    async fn noted(
        &self,
        conn: &mut PgConnection,
        action: &'static str,
        after: Value,
    ) -> Result<Acted, sqlx::Error> {
        let deed = self.staff.deed(action, ("pop", self.pop), None, Some(after));
        audit::write(conn, deed).await?;
        Ok(Acted::Done)
    }

    async fn take(&self, conn: &mut PgConnection) -> Result<Acted, sqlx::Error> {
        if self.is_mine() {
            return Ok(Acted::Done);
        }
        if !was_talk(self.row.fate.as_deref()) {
            return Ok(Acted::NotAllowed);
        }
        sqlx::query("update dashboard.pops set taken_by = $2, taken_at = $3 where id = $1")
            .bind(self.pop)
            .bind(self.staff.user)
            .bind(self.staff.now)
            .execute(&mut *conn)
            .await?;
        presence::follow(conn, &self.staff, "busy").await?;
        self.noted(conn, "pop.taken", json!({ "call": self.row.call_id })).await
    }

    /// When nobody is left who is free and has not refused, the caller is told.
    async fn refuse(
        &self,
        conn: &mut PgConnection,
        reason: &'static str,
    ) -> Result<Acted, sqlx::Error> {
        if self.row.fate.is_some() {
            return Ok(Acted::NotAllowed);
        }
        sqlx::query(
            "insert into dashboard.pop_refusals (tenant_id, pop_id, user_id, reason, at) \
             values ($1, $2, $3, $4, $5) on conflict do nothing",
        )
        .bind(self.staff.tenant.0)
        .bind(self.pop)
        .bind(self.staff.user)
        .bind(reason)
        .bind(self.staff.now)
        .execute(&mut *conn)
        .await?;
        if self.is_mine() {
            sqlx::query("update dashboard.pops set taken_by = null, taken_at = null where id = $1")
                .bind(self.pop)
                .execute(&mut *conn)
                .await?;
            presence::follow(conn, &self.staff, "free").await?;
        }
        let left: i64 = sqlx::query_scalar(
            "select count(*) from dashboard.presence p where p.state = 'free' \
                 and (p.seen_at > $2 or p.phone_only and p.seen_at > $3) \
                 and not exists (select from dashboard.pop_refusals r \
                     where r.pop_id = $1 and r.user_id = p.user_id)",
        )
        .bind(self.pop)
        .bind(self.staff.now - presence::SILENCE_MAX)
        .bind(self.staff.now - presence::SHIFT_MAX)
        .fetch_one(&mut *conn)
        .await?;
        if left == 0 {
            let attempt = u32::try_from(self.row.attempt).unwrap_or_default();
            live::send(conn, &Message::Refused { call: self.row.call_id, attempt }).await?;
        }
        self.noted(conn, "pop.refused", json!({ "reason": reason, "left": left })).await
    }

    async fn note(&self, conn: &mut PgConnection, text: String) -> Result<Acted, sqlx::Error> {
        if text == self.row.note {
            return Ok(Acted::Done);
        }
        sqlx::query("update dashboard.pops set note = $2 where id = $1")
            .bind(self.pop)
            .bind(&text)
            .execute(&mut *conn)
            .await?;
        // What was noted stands in one place alone.
        self.noted(conn, "pop.noted", json!({ "characters": text.chars().count() })).await
    }

    async fn over(&self, conn: &mut PgConnection) -> Result<Acted, sqlx::Error> {
        if self.row.over {
            return Ok(Acted::Done);
        }
        sqlx::query("update dashboard.pops set over_at = $2 where id = $1")
            .bind(self.pop)
            .bind(self.staff.now)
            .execute(&mut *conn)
            .await?;
        presence::follow(conn, &self.staff, "wrap_up").await?;
        self.noted(conn, "pop.over", json!({ "call": self.row.call_id })).await
    }

    async fn file(
        &self,
        conn: &mut PgConnection,
        outcome: &'static str,
    ) -> Result<Acted, sqlx::Error> {
        sqlx::query(
            "update dashboard.pops set outcome = $2, filed_at = $3, \
                 over_at = coalesce(over_at, $3) where id = $1",
        )
        .bind(self.pop)
        .bind(outcome)
        .bind(self.staff.now)
        .execute(&mut *conn)
        .await?;
        let others: bool = sqlx::query_scalar(
            "select exists (select from dashboard.pops where taken_by = $1 and filed_at is null)",
        )
        .bind(self.staff.user)
        .fetch_one(&mut *conn)
        .await?;
        if !others {
            presence::follow(conn, &self.staff, "free").await?;
        }
        self.noted(conn, "pop.filed", json!({ "outcome": outcome })).await
    }
}
