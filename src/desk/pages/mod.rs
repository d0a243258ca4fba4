//! The pages, one file each.

mod alerts;
mod audit;
mod bookings;
mod call;
mod calls;
mod console;
mod customers;
mod dashboard;
mod day;
mod filter;
mod home;
mod knowledge;
mod me;
mod once;
mod orders;
mod prompts;
mod quality;
mod settings;
mod stock;
mod tickets;
mod time_line;
mod tokens;
mod try_it;
mod users;
mod webhooks;
mod work;

pub use try_it::{Trial, TrialLine};

use super::Site;

pub(super) fn mount(site: Site) -> Site {
    let site = alerts::mount(site);
    let site = console::mount(call::mount(calls::mount(home::mount(site))));
    let site = settings::mount(site);
    mount_office(mount_work(try_it::mount(dashboard::mount(site))))
}

/// What those who answer for the shop need: people, programs, the log, and what the agent knows.
fn mount_office(site: Site) -> Site {
    let site = audit::mount(me::mount(users::mount(site)));
    let site = webhooks::mount(tokens::mount(site));
    quality::mount(prompts::mount(knowledge::mount(site)))
}

/// The shop's work.
fn mount_work(site: Site) -> Site {
    let site = tickets::mount(site);
    let site = stock::mount(customers::mount(day::mount(site)));
    bookings::mount(orders::mount(site))
}
