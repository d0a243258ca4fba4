//! The pages, one file each.

mod alerts;
mod bookings;
mod call;
mod calls;
mod console;
mod customers;
mod dashboard;
mod day;
mod filter;
mod home;
mod orders;
mod settings;
mod stock;
mod tickets;
mod time_line;
mod try_it;
mod work;

pub use try_it::{Trial, TrialLine};

use super::Site;

pub(super) fn mount(site: Site) -> Site {
    let site = alerts::mount(site);
    let site = console::mount(call::mount(calls::mount(home::mount(site))));
    let site = settings::mount(site);
    mount_work(try_it::mount(dashboard::mount(site)))
}

/// The shop's work.
fn mount_work(site: Site) -> Site {
    let site = tickets::mount(site);
    let site = stock::mount(customers::mount(day::mount(site)));
    bookings::mount(orders::mount(site))
}
