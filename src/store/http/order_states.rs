//! Where orders stand, told to their owner only.

use super::Inner;
use super::client::Ask;
use super::order_wire::StateRow;
use super::wire;
use crate::store::{OrderState, Scope, StoreError};
use tokio::time::Instant;

/// Most orders of one answer.
const ORDERS_MAX: usize = 5;

/// Orders of the caller's own number, newest first.
pub(super) async fn states(
    store: &Inner,
    scope: &Scope,
    number: Option<&str>,
) -> Result<Vec<OrderState>, StoreError> {
    let Some(caller) = &scope.caller else { return Ok(Vec::new()) };
    let deadline = store.client.deadline();
    let mut rows = search(store, scope, number, deadline).await?;
    if rows.is_empty() && number.is_some() {
        // Said without its letters or zeros it is not the number that a back office looks for.
        rows = search(store, scope, None, deadline).await?;
    }
    rows.retain(|row| number.is_none_or(|number| row.is_numbered(number)));
    rows.sort_by_key(|row| std::cmp::Reverse(row.created()));
    rows.truncate(ORDERS_MAX);
    let mut own = Vec::new();
    for row in rows {
        let mut owner = row.owner();
        if owner.is_none() && number.is_some() {
            // A back office that forgets to filter must not open someone else's order.
            let ask = Ask::get(&["orders", row.id()?]);
            owner = store.client.ask(deadline, &ask, wire::one::<StateRow>).await?.owner();
        }
        if owner.as_deref().is_none_or(|phone| same_number(phone, caller.reveal())) {
            own.extend(row.state());
        } else {
            tracing::error!("the back office showed an order of another number");
        }
    }
    Ok(own)
}

/// Orders by the caller's number, always: an order number alone opens nothing.
async fn search(
    store: &Inner,
    scope: &Scope,
    number: Option<&str>,
    deadline: Instant,
) -> Result<Vec<StateRow>, StoreError> {
    let Some(caller) = &scope.caller else { return Ok(Vec::new()) };
    let ask = Ask::get(&["orders", "search"])
        .query("phone", caller.reveal())
        .maybe("order_number", number)
        .in_language(scope.language);
    match store.client.ask(deadline, &ask, wire::list::<StateRow>).await {
        Err(trouble) if trouble.is_missing() => Ok(Vec::new()),
        answer => Ok(answer?),
    }
}

/// Compared by digits: back offices write numbers in many ways.
fn same_number(one: &str, other: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (one, other) = (digits(one), digits(other));
    one.len() >= 9 && (one == other || other.ends_with(one.trim_start_matches('0')))
}
