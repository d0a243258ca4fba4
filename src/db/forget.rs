//! Forgetting a person everywhere, and the proof that nothing is left.

use super::{all_tenants, with_tenant};
use crate::ids::TenantId;
use crate::pii::Phone;
use sqlx::{PgConnection, PgPool};

/// What may stand between two digits of a number that a person wrote.
const GAP: &str = r"[ ().\u00a0\u2009/-]{0,3}";

/// Something that was done to a table.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Erased {
    /// The table.
    pub table_name: String,
    /// `deleted`, `emptied`, `anonymised` or `blacked out`.
    pub deed: String,
    /// How many rows.
    pub rows_count: i64,
}

/// A place where the number still stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Left {
    /// The table and column.
    pub place: String,
    /// How many rows.
    pub rows_count: i64,
}

/// What became of a person's data in the database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// What was done, table by table; only where there was something to do.
    pub erased: Vec<Erased>,
    /// What a search of every text of every table found afterwards. Empty: nothing is left.
    pub left: Vec<Left>,
}

/// The regular expression that finds a number in any way of writing it: `+380 67 123-45-67`,
/// `0671234567`, `8 (067) 123 45 67`, `00380…`. `home_prefix` is the country's, `+380`.
#[must_use]
pub fn pattern(number: &Phone, home_prefix: &str) -> String {
    let spaced =
        |digits: &str| -> String { digits.chars().map(String::from).collect::<Vec<_>>().join(GAP) };
    let digits = number.reveal().trim_start_matches('+');
    let country = home_prefix.trim_start_matches('+');
    match digits.strip_prefix(country).filter(|_| !country.is_empty()) {
        // At home people leave the country out, or write a trunk prefix instead.
        Some(own) => format!(
            r"(?<![0-9])(?:(?:\+|00)?{GAP}{}{GAP}|(?:8{GAP})?0{GAP})?{}(?![0-9])",
            spaced(country),
            spaced(own)
        ),
        None => format!(r"(?<![0-9])(?:\+|00)?{GAP}{}(?![0-9])", spaced(digits)),
    }
}

/// Erases the person with this number from the tables of every shop, then searches every text of
/// every table for it. Once done it cannot be undone.
///
/// # Errors
/// What Postgres says; a shop's data are erased wholly or not at all.
pub async fn forget(
    pool: &PgPool,
    number: &Phone,
    home_prefix: &str,
) -> Result<Forgotten, sqlx::Error> {
    let mut all = Forgotten::default();
    for tenant in all_tenants(pool).await? {
        let of_shop = forget_at(pool, tenant, number, home_prefix).await?;
        all.erased.extend(of_shop.erased);
        all.left.extend(of_shop.left);
    }
    Ok(all)
}

/// The same in one shop: whoever answers for one may not erase what is another's.
///
/// # Errors
/// What Postgres says; nothing is erased then.
pub async fn forget_at(
    pool: &PgPool,
    shop: TenantId,
    number: &Phone,
    home_prefix: &str,
) -> Result<Forgotten, sqlx::Error> {
    let pattern = pattern(number, home_prefix);
    with_tenant(pool, shop, move |conn| Box::pin(async move { forget_in(conn, &pattern).await }))
        .await
}

/// What [`forget`] would do, and what it would take from under the shop's hands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// What would be done, table by table.
    pub erased: Vec<Erased>,
    /// Orders that are on their way and fittings that are booked, one text each.
    pub unfinished: Vec<String>,
}

/// How a look at what would happen ends: never with a commit.
enum Undone {
    Looked(Outlook),
    Failed(sqlx::Error),
}

impl From<sqlx::Error> for Undone {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error)
    }
}

/// Does all that [`forget`] does and undoes it, shop by shop.
///
/// # Errors
/// What Postgres says.
pub async fn outlook(
    pool: &PgPool,
    number: &Phone,
    home_prefix: &str,
) -> Result<Outlook, sqlx::Error> {
    let mut all = Outlook::default();
    for tenant in all_tenants(pool).await? {
        let of_shop = outlook_at(pool, tenant, number, home_prefix).await?;
        all.erased.extend(of_shop.erased);
        all.unfinished.extend(of_shop.unfinished);
    }
    Ok(all)
}

/// The same of one shop.
///
/// # Errors
/// What Postgres says.
pub async fn outlook_at(
    pool: &PgPool,
    shop: TenantId,
    number: &Phone,
    home_prefix: &str,
) -> Result<Outlook, sqlx::Error> {
    let pattern = pattern(number, home_prefix);
    let looked = with_tenant(pool, shop, move |conn| {
        Box::pin(async move {
            take_time(conn).await?;
            let unfinished = unfinished_in(conn, &pattern).await?;
            let erased = forget_in(conn, &pattern).await?.erased;
            Err::<(), Undone>(Undone::Looked(Outlook { erased, unfinished }))
        })
    })
    .await;
    match looked {
        Ok(()) => Ok(Outlook::default()),
        Err(Undone::Failed(error)) => Err(error),
        Err(Undone::Looked(of_shop)) => Ok(of_shop),
    }
}

/// What the person still waits for.
async fn unfinished_in(conn: &mut PgConnection, pattern: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "with people as (select id from customers where phone ~ $1 \
             union select customer_id from customer_identities where value ~ $1) \
         select 'order ' || order_number || ' is not delivered yet (' || status || ')' \
         from orders where status in ('confirmed', 'shipped', 'delivering') \
             and (phone ~ $1 or customer_id in (select id from people)) \
         union all \
         select 'a fitting is booked for ' || booking_date || ' at ' \
             || to_char(booking_time, 'HH24:MI') \
         from fitting_bookings where status = 'confirmed' and booking_date >= current_date \
             and (phone ~ $1 or customer_id in (select id from people)) \
         order by 1",
    )
    .bind(pattern)
    .fetch_all(conn)
    .await
}

/// It reads the whole log, and nobody on the phone waits for it.
async fn take_time(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("set local statement_timeout = '30min'").execute(conn).await?;
    Ok(())
}

async fn forget_in(conn: &mut PgConnection, pattern: &str) -> Result<Forgotten, sqlx::Error> {
    take_time(conn).await?;
    let erased = sqlx::query_as(
        "select table_name, deed, sum(rows_count)::bigint as rows_count \
         from housekeeping.forget($1) group by 1, 2 having sum(rows_count) > 0 order by 1, 2",
    )
    .bind(pattern)
    .fetch_all(&mut *conn)
    .await?;
    // What operators noted of calls that have no person any more.
    sqlx::query(
        "update dashboard.pops p set note = '' from calls c \
         where p.note <> '' and c.id = p.call_id and c.caller_id = 'DELETED'",
    )
    .execute(&mut *conn)
    .await?;
    let left = sqlx::query_as("select place, rows_count from housekeeping.mentions($1)")
        .bind(pattern)
        .fetch_all(conn)
        .await?;
    Ok(Forgotten { erased, left })
}

/// True if `text` holds the number in any way of writing it.
#[must_use]
pub fn mentions(text: &str, number: &Phone, home_prefix: &str) -> bool {
    let digits = number.reveal().trim_start_matches('+');
    // At home the country may be left out; what is before the rest then tells nothing apart.
    let own = digits.strip_prefix(home_prefix.trim_start_matches('+')).unwrap_or(digits);
    let mut matched = 0;
    let mut gap = 0;
    let own = own.as_bytes();
    // Digits with up to three signs between them; on a mismatch the text goes on from the next
    // digit, so every place is tried.
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut began = 0;
    while at < bytes.len() {
        if bytes[at] == own[matched] {
            if matched == 0 {
                began = at;
            }
            matched += 1;
            gap = 0;
            if matched == own.len() {
                return true;
            }
        } else if matched > 0 {
            gap += 1;
            if bytes[at].is_ascii_alphanumeric() || gap > 3 {
                at = began;
                (matched, gap) = (0, 0);
            }
        }
        at += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_however_it_is_written() {
        let number = Phone::parse("+380671234567").unwrap();
        let says = |text: &str| mentions(text, &number, "+380");
        for text in [
            "+380671234567",
            "{\"phone\":\"0671234567\"}",
            "call 067 123-45-67 please",
            "66 (67) 1234567",
            "67 67 123 45 67",
        ] {
            assert!(says(text), "{text}");
        }
        for text in ["", "067123456", "067 123 45 68", "6 7 1 2 3 4 5 6 and 7", "6712 345,,,,67"] {
            assert!(!says(text), "{text}");
        }
    }
}
