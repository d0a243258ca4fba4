//! What happens on the line right now: calls tell the feed what they write into their journal, and
//! pages follow it; the processes on one database tell each other.

mod event;
mod feed;
mod nodes;
mod stream;
mod tee;

pub(super) use event::short_node;
pub use event::{Event, LiveCall, Said, What};
pub use feed::Feed;
pub use nodes::{Pace, follow as follow_nodes, follow_at as follow_nodes_at};
pub use tee::Tee;

use super::Site;
use crate::turn;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use uuid::Uuid;

/// Tells a call of this process something; none if it has no such call, else whether it heard.
pub type Hand =
    Arc<dyn Fn(Uuid, turn::Event) -> Option<BoxFuture<'static, bool>> + Send + Sync + 'static>;

pub(super) fn mount(site: Site) -> Site {
    site.get("/events", stream::follow)
}
