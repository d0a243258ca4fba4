//! What refuses a thing, layer by layer: each must hold alone, and without all of them the thing
//! must happen, or nothing was proven.

use crate::hostile::effects::Bench;
use std::sync::Arc;
use treadline::session::Services;
use treadline::store::{PostgresStore, StoreLimits};
use treadline::tools::{Guard, Guards};

/// One thing that stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// The core does not run a tool with an effect before a yes.
    Core,
    /// The guard of the tools.
    Tools,
    /// The store counts by itself, over all calls.
    Store,
    /// A constraint of the tables.
    Tables,
}

/// Everything that stands behind a guard's name.
pub const fn layers(guard: Guard) -> &'static [Layer] {
    match guard {
        Guard::Consent => &[Layer::Core, Layer::Tools],
        Guard::QuantityLimit | Guard::OrdersPerDay | Guard::HoldLimit => {
            &[Layer::Tools, Layer::Store]
        }
        Guard::AmountLimit => &[Layer::Tools, Layer::Store, Layer::Tables],
        _ => &[Layer::Tools],
    }
}

/// The program's parts without what `off` names.
pub async fn without(bench: &Bench, guard: Guard, off: &[Layer]) -> Services {
    let mut services = bench.parts.services.as_ref().clone();
    if off.contains(&Layer::Core) {
        let mut rules = services.tool_rules.as_ref().clone();
        for rule in &mut rules {
            rule.needs_consent = false;
        }
        services.tool_rules = Arc::new(rules);
    }
    if off.contains(&Layer::Tools) {
        services.guards = Guards::all().without(guard);
    }
    if off.contains(&Layer::Store) {
        let store = PostgresStore::new(bench.db.pool.clone(), 3).with_limits(StoreLimits::none());
        services.store = Arc::new(store);
    }
    bench.amount_is_limited(!off.contains(&Layer::Tables)).await;
    services
}
