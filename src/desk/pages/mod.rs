//! The pages, one file each.

mod alerts;
mod call;
mod calls;
mod console;
mod filter;
mod home;
mod time_line;

use super::Site;

pub(super) fn mount(site: Site) -> Site {
    let site = alerts::mount(site);
    console::mount(call::mount(calls::mount(home::mount(site))))
}
