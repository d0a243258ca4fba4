//! The pages, one file each.

mod call;
mod calls;
mod console;
mod filter;
mod home;
mod time_line;
mod try_it;

pub use try_it::{Trial, TrialLine};

use super::Site;

pub(super) fn mount(site: Site) -> Site {
    let site = console::mount(call::mount(calls::mount(home::mount(site))));
    try_it::mount(site)
}
