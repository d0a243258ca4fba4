//! Where the call stands, for a model that would forget it: what is known, and one next step.

use super::ToolDesk;
use super::ledger::{CallLedger, Draft, Focus};
use super::slots::clock;
use super::tires::money;

/// Longer blocks are not read.
const CHARS_MAX: usize = 600;

impl ToolDesk {
    /// What is known in this call and exactly one next step, at most 600 characters. Names no
    /// row id and nothing that must not be said, but station codes and aliases.
    #[must_use]
    pub fn progress(&self) -> String {
        let mut lines = Vec::new();
        lines.push(self.caller_line());
        lines.extend(self.station_line());
        lines.extend(self.order_line());
        lines.extend(self.booking_lines());
        let next = format!("NEXT STEP: {}", self.next_step());
        let room = CHARS_MAX.saturating_sub(next.chars().count() + 1);
        let mut known: String = lines.join("\n").chars().take(room).collect();
        known.push('\n');
        known.push_str(&next);
        known
    }

    fn caller_line(&self) -> String {
        let name = self.profile.as_ref().and_then(|profile| profile.name.as_ref());
        match (&self.scope.caller, name) {
            (Some(_), Some(name)) => format!("Caller: number known, name on file {}.", name.0),
            (Some(_), None) => "Caller: number known, no name on file.".into(),
            (None, _) => "Caller: number withheld or foreign; they may order and book with a \
                          number they say, but see or change nothing that exists."
                .into(),
        }
    }

    fn station_line(&self) -> Option<String> {
        let ledger = &self.ledger;
        if let Some((code, first)) = ledger.offered.first() {
            let station = ledger.stations.iter().find(|station| station.code == *code)?;
            let count = ledger.offered.len();
            return Some(format!(
                "Station: {} ({code}). Times offered: {count}, the first {} {}.",
                station.name,
                first.date,
                clock(first.time)
            ));
        }
        match ledger.stations.as_slice() {
            [] => None,
            [only] => Some(format!("Station: {} ({}).", only.name, only.code)),
            several => Some(format!("Stations named: {}; none chosen.", several.len())),
        }
    }

    fn order_line(&self) -> Option<String> {
        let at = self.ledger.drafts.len().checked_sub(1)?;
        let Draft { view, number } = &self.ledger.drafts[at];
        let lines = view.lines.iter().take(3);
        let items: Vec<String> =
            lines.map(|line| format!("{} x {}", line.quantity, line.name)).collect();
        let delivery = view.delivery.as_ref().map_or("delivery not chosen", |_| "delivery chosen");
        let state = match number {
            Some(number) => format!("CONFIRMED, number {number}"),
            None => format!("draft, {delivery}"),
        };
        Some(format!(
            "Order D{}: {}; total {} UAH; {state}.",
            at + 1,
            items.join(", "),
            money(view.total)
        ))
    }

    fn booking_lines(&self) -> Vec<String> {
        let ledger = &self.ledger;
        let mut lines = Vec::new();
        if let Some((station, slot)) = &ledger.booked {
            let (date, time) = (slot.date, clock(slot.time));
            lines.push(format!("BOOKED in this call: {} {date} {time}.", station.name));
        }
        for (at, booking) in ledger.bookings.iter().enumerate().take(3) {
            let (date, time) = (booking.slot.date, clock(booking.slot.time));
            lines.push(format!("Booking B{}: {} {date} {time}.", at + 1, booking.station.name));
        }
        let held = ledger.holds.iter().rfind(|held| held.until > self.scope.now);
        if let Some(held) = held {
            lines.push(format!("Kept for minutes: {} {}.", held.slot.date, clock(held.slot.time)));
        }
        lines
    }

    fn next_step(&self) -> String {
        let ledger = &self.ledger;
        match ledger.focus {
            Focus::Nothing => "find out what the caller wants, with one closed question.".into(),
            Focus::Tires if ledger.products.is_empty() => {
                "settle size and season, then search_tires.".into()
            }
            Focus::Tires => "ask which tyre and how many pieces, then create_order_draft.".into(),
            Focus::Order => order_step(ledger),
            Focus::Fitting => self.fitting_step(),
            Focus::Bookings => "ask which booking is meant and whether to cancel or move it; for \
                                a move call get_fitting_slots of its station, then \
                                cancel_fitting."
                .into(),
            Focus::Question => "answer, then ask whether anything else is needed.".into(),
        }
    }

    fn fitting_step(&self) -> String {
        let ledger = &self.ledger;
        if !ledger.bookings.is_empty() && !ledger.offered.is_empty() && ledger.booked.is_none() {
            return "ask which of the offered times suits; to move a booking call cancel_fitting \
                    with it, for a new one ask name and car, then book_fitting."
                .into();
        }
        let held = ledger.holds.iter().any(|held| held.until > self.scope.now);
        match (ledger.stations.as_slice(), ledger.offered.is_empty()) {
            _ if held => "get name and car, then book_fitting for the kept time.".into(),
            ([], _) => "call get_fitting_stations.".into(),
            (_, false) => "let the caller choose one offered time, then name, then car, then \
                           book_fitting."
                .into(),
            ([_], true) => "ask for a day, then get_fitting_slots.".into(),
            (_, true) => "ask which station, by district, then get_fitting_slots.".into(),
        }
    }
}

fn order_step(ledger: &CallLedger) -> String {
    let Some(draft) = ledger.drafts.last() else {
        return "ask which tyre and how many pieces, then create_order_draft.".into();
    };
    match (&draft.number, &draft.view.delivery) {
        (Some(_), _) => "tell the order's number, then offer to book the fitting.".into(),
        (None, None) => "ask delivery or pickup, then update_order_delivery.".into(),
        (None, Some(_)) => "ask how it is paid and who receives it, then confirm_order.".into(),
    }
}
