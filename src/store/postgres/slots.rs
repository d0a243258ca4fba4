//! Which times can be booked: pure arithmetic over hours, closed days and occupied posts.

use crate::shop::Service;
use crate::store::Slot;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

/// Most days of one answer; a longer window is cut.
const DAYS_MAX: usize = 62;

/// How long a service keeps a post, minutes.
pub(super) const fn duration_minutes(service: Service) -> i16 {
    match service {
        Service::Balancing => 30,
        Service::TireChange => 40,
        Service::FullService => 60,
    }
}

/// Open from one time to another on one weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hours {
    /// ISO: Monday is 1.
    pub(super) weekday: u32,
    pub(super) opens: NaiveTime,
    pub(super) closes: NaiveTime,
}

/// A post that is taken for a while, by the shop's wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Busy {
    pub(super) post: i16,
    pub(super) from: NaiveDateTime,
    pub(super) to: NaiveDateTime,
}

/// What is known of a station for some days.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) zone: Tz,
    pub(super) posts: i16,
    /// Bookings begin at multiples of this from opening.
    pub(super) step_minutes: i16,
    pub(super) hours: Vec<Hours>,
    /// First and last day of each closure.
    pub(super) closed: Vec<(NaiveDate, NaiveDate)>,
    pub(super) busy: Vec<Busy>,
}

impl Plan {
    /// Bookable times from `from` to `to`, both included, in order.
    pub(super) fn free(
        &self,
        from: NaiveDate,
        to: NaiveDate,
        service: Service,
        now: DateTime<Utc>,
    ) -> Vec<Slot> {
        from.iter_days()
            .take_while(|day| *day <= to)
            .take(DAYS_MAX)
            .flat_map(|day| self.starts(day, service))
            .filter(|slot| self.is_ahead(*slot, now) && self.free_post(*slot, service).is_some())
            .collect()
    }

    /// True if the shop offers this time at all, be it taken or not.
    pub(super) fn offers(&self, slot: Slot, service: Service, now: DateTime<Utc>) -> bool {
        self.is_ahead(slot, now) && self.starts(slot.date, service).contains(&slot)
    }

    /// The first post that is free for the whole of the service.
    pub(super) fn free_post(&self, slot: Slot, service: Service) -> Option<i16> {
        let from = slot.date.and_time(slot.time);
        let to = from + TimeDelta::minutes(i64::from(duration_minutes(service)));
        (1..=self.posts).find(|post| {
            !self.busy.iter().any(|busy| busy.post == *post && busy.from < to && from < busy.to)
        })
    }

    /// All starts of a day within opening hours, in order.
    fn starts(&self, day: NaiveDate, service: Service) -> Vec<Slot> {
        if self.closed.iter().any(|(first, last)| (*first..=*last).contains(&day)) {
            return Vec::new();
        }
        let step = TimeDelta::minutes(i64::from(self.step_minutes.max(1)));
        let length = TimeDelta::minutes(i64::from(duration_minutes(service)));
        let mut starts = Vec::new();
        let weekday = day.weekday().number_from_monday();
        for hours in self.hours.iter().filter(|hours| hours.weekday == weekday) {
            let closes = day.and_time(hours.closes);
            let mut start = day.and_time(hours.opens);
            while start + length <= closes {
                starts.push(Slot { date: day, time: start.time() });
                start += step;
            }
        }
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// A time that the clocks skip in spring does not come; of one that comes twice in autumn the
    /// first is meant.
    fn is_ahead(&self, slot: Slot, now: DateTime<Utc>) -> bool {
        let local = slot.date.and_time(slot.time).and_local_timezone(self.zone);
        local.earliest().is_some_and(|start| start > now)
    }
}

/// The days whose bookings can touch `from` to `to`: one more on each side.
pub(super) fn around(from: NaiveDate, to: NaiveDate) -> (NaiveDate, NaiveDate) {
    let before = from.checked_sub_days(Days::new(1)).unwrap_or(from);
    (before, to.checked_add_days(Days::new(1)).unwrap_or(to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn time(text: &str) -> NaiveTime {
        text.parse().unwrap()
    }

    fn plan(hours: &[(u32, &str, &str)]) -> Plan {
        Plan {
            zone: chrono_tz::Europe::Kyiv,
            posts: 2,
            step_minutes: 30,
            hours: (hours.iter())
                .map(|(weekday, opens, closes)| Hours {
                    weekday: *weekday,
                    opens: time(opens),
                    closes: time(closes),
                })
                .collect(),
            closed: Vec::new(),
            busy: Vec::new(),
        }
    }

    fn busy(post: i16, date: &str, from: &str, to: &str) -> Busy {
        let at = |text| day(date).and_time(time(text));
        Busy { post, from: at(from), to: at(to) }
    }

    fn times(slots: &[Slot]) -> Vec<String> {
        slots.iter().map(|slot| slot.time.format("%H:%M").to_string()).collect()
    }

    const LONG_AGO: DateTime<Utc> = DateTime::<Utc>::UNIX_EPOCH;

    #[test]
    fn a_service_must_end_before_the_station_closes() {
        let monday = day("2026-11-23");
        let plan = plan(&[(1, "09:00:00", "11:00:00")]);
        let free = |service| times(&plan.free(monday, monday, service, LONG_AGO));
        assert_eq!(free(Service::Balancing), ["09:00", "09:30", "10:00", "10:30"]);
        assert_eq!(free(Service::TireChange), ["09:00", "09:30", "10:00"]);
        assert_eq!(free(Service::FullService), ["09:00", "09:30", "10:00"]);
    }

    #[test]
    fn closed_weekdays_and_closures_have_no_times() {
        let mut plan = plan(&[(1, "09:00:00", "10:00:00"), (2, "09:00:00", "10:00:00")]);
        plan.closed.push((day("2026-11-24"), day("2026-11-24")));
        let free = plan.free(day("2026-11-21"), day("2026-11-30"), Service::FullService, LONG_AGO);
        let days: Vec<_> = free.iter().map(|slot| slot.date).collect();
        assert_eq!(days, [day("2026-11-23"), day("2026-11-30")]);
    }

    #[test]
    fn a_time_is_free_while_one_post_is_free_for_the_whole_service() {
        let mut plan = plan(&[(1, "09:00:00", "11:00:00")]);
        plan.busy.push(busy(1, "2026-11-23", "09:00:00", "09:40:00"));
        let slot = Slot { date: day("2026-11-23"), time: time("09:30:00") };
        assert_eq!(plan.free_post(slot, Service::Balancing), Some(2));
        plan.busy.push(busy(2, "2026-11-23", "09:50:00", "10:20:00"));
        assert_eq!(plan.free_post(slot, Service::Balancing), None);
        let free = plan.free(slot.date, slot.date, Service::Balancing, LONG_AGO);
        assert_eq!(times(&free), ["09:00", "10:00", "10:30"]);
    }

    #[test]
    fn what_is_past_by_the_shops_wall_is_not_offered() {
        let plan = plan(&[(1, "09:00:00", "11:00:00")]);
        // 09:30 in Kyiv in winter.
        let now = Utc.with_ymd_and_hms(2026, 11, 23, 7, 30, 0).unwrap();
        let monday = day("2026-11-23");
        assert_eq!(times(&plan.free(monday, monday, Service::Balancing, now)), ["10:00", "10:30"]);
        assert!(!plan.offers(
            Slot { date: monday, time: time("09:30:00") },
            Service::Balancing,
            now
        ));
        assert!(!plan.offers(
            Slot { date: monday, time: time("10:10:00") },
            Service::Balancing,
            now
        ));
    }

    #[test]
    fn an_hour_that_the_clocks_skip_is_not_offered() {
        // On 28 March 2027 Kyiv goes from 03:00 to 04:00.
        let plan = plan(&[(7, "02:30:00", "05:00:00")]);
        let sunday = day("2027-03-28");
        let free = plan.free(sunday, sunday, Service::Balancing, LONG_AGO);
        assert_eq!(times(&free), ["02:30", "04:00", "04:30"]);
        // On 31 October 2027 03:00 to 04:00 comes twice: each time is offered once.
        let autumn = day("2027-10-31");
        let free = plan.free(autumn, autumn, Service::Balancing, LONG_AGO);
        assert_eq!(times(&free), ["02:30", "03:00", "03:30", "04:00", "04:30"]);
    }

    #[test]
    fn a_window_without_an_end_is_cut() {
        let plan = plan(&[(1, "09:00:00", "10:00:00")]);
        let free = plan.free(day("2026-11-23"), NaiveDate::MAX, Service::FullService, LONG_AGO);
        assert_eq!(free.len(), DAYS_MAX.div_ceil(7));
    }
}
