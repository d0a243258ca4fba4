//! The tools: what they find, what they refuse, what they do. Searches and times against a shop
//! in memory; whatever money or a promise depends on against the shop's own tables on a real
//! Postgres.

use crate::support::database;
use crate::support::fake_store;
use crate::support::hostile;

mod arguments;
mod booking;
mod changes;
mod fitting;
mod grounding;
mod guards;
mod orders;
mod people;
mod real;
mod storage;
mod tires;

use fake_store::{FakeStore, MONDAY};
use serde_json::{Value, json};
use std::sync::Arc;
use treadline::ids::{effect_key, row_id};
use treadline::store::Slot;
use treadline::tools::{Refusal, ToolDesk};
use treadline::turn::Approval;

async fn ran(desk: &mut ToolDesk, name: &str, args: Value) -> Value {
    desk.run(name, &args, None).await.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"))
}

async fn refused(desk: &mut ToolDesk, name: &str, args: Value) -> Refusal {
    match desk.run(name, &args, None).await {
        Err(refusal) => refusal,
        Ok(answer) => panic!("{name} {args} was accepted: {answer}"),
    }
}

/// A desk on which the single station's Monday has been offered.
async fn with_offers(store: &Arc<FakeStore>) -> ToolDesk {
    let mut desk = store.desk();
    ran(&mut desk, "get_fitting_stations", json!({})).await;
    ran(&mut desk, "get_fitting_slots", json!({"station_id": "100001", "date_from": MONDAY})).await;
    desk
}

/// The caller's yes to a tool with these arguments.
fn yes_to(desk: &ToolDesk, tool: &str, args: &Value) -> Approval {
    let effect_key = effect_key(desk.scope.call, tool, args);
    Approval {
        id: row_id(desk.scope.call, &effect_key),
        tool: tool.into(),
        args: args.clone(),
        effect_key,
        readback_hash: "of the words that were heard".into(),
    }
}

fn approval(desk: &ToolDesk, args: &Value) -> Approval {
    yes_to(desk, "book_fitting", args)
}

/// Prepares a tool with an effect and runs it under the caller's yes, as the core does.
async fn agreed(desk: &mut ToolDesk, tool: &str, args: Value) -> Result<Value, Refusal> {
    let proposal = desk.prepare(tool, &args).await?;
    let yes = yes_to(desk, tool, &proposal.args);
    desk.run(tool, &proposal.args, Some(&yes)).await
}

fn slot(date: &str, time: &str) -> Slot {
    Slot { date: date.parse().expect("a date"), time: time.parse().expect("a time") }
}
