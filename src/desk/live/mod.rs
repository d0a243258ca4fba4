//! What happens on the line right now: calls tell the feed what they write into their journal, and
//! pages follow it.

mod feed;
mod stream;

pub use feed::{Event, Feed, LiveCall, Said, Tee, What};

use super::Site;

pub(super) fn mount(site: Site) -> Site {
    site.get("/events", stream::follow)
}
