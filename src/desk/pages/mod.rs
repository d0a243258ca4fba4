//! The pages, one file each.

mod call;
mod calls;
mod console;
mod dashboard;
mod filter;
mod home;
mod time_line;

use super::Site;

pub(super) fn mount(site: Site) -> Site {
    dashboard::mount(console::mount(call::mount(calls::mount(home::mount(site)))))
}
