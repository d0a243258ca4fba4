//! The router: which scenario a line begins, before any scenario reads it. Deterministic, and
//! always the narrowest first: "cancel my fitting" is no fitting.

use super::keywords::About;
use super::line::Line;
use super::reply::Ask;
use super::scenarios::Topic;
use super::scenarios::car::names_car;
use super::talk::Talk;

impl Talk {
    /// The scenario that a line asks for by its words, whatever we talked of before.
    pub(super) fn intent(&self, line: &Line) -> Option<Topic> {
        let is = |about| line.is(about);
        if is(About::Callback) {
            return Some(Topic::Callback);
        }
        if self.is_about_booking(line) {
            return Some(Topic::Change);
        }
        if is(About::Order) && is(About::Whereabouts) && !is(About::Take) {
            return Some(Topic::Status);
        }
        // "When can I pick it up?", once there is an order.
        let asks_when = line.words.iter().any(|word| WHEN.contains(&word.as_str()));
        if is(About::Pickup) && asks_when && self.topic == Topic::None {
            return Some(Topic::Status);
        }
        if is(About::Storage) && !is(About::Own) {
            // Whoever is booking, or wants to, has their tyres fetched from storage for it.
            let fits = is(About::Fitting) || self.topic == Topic::Fitting;
            return Some(if fits { Topic::Fitting } else { Topic::Storage });
        }
        // "Which tyres fit a Corolla?" asks for tyres, not for a post.
        let asks_size = is(About::Fits) && line.is(About::Tires) && names_car(line);
        let fitting = (is(About::Fitting) && !asks_size) || is(About::Balancing);
        let prices = is(About::Price) && !(line.size().is_some() && is(About::Tires));
        if prices && (fitting || matches!(self.topic, Topic::Fitting | Topic::Price)) {
            return Some(Topic::Price);
        }
        if is(About::Take) && self.has_offers() && !fitting {
            return Some(Topic::Order);
        }
        // "What do you recommend for a Corolla?" is answered by its sizes.
        let by_car = is(About::Tires) && names_car(line);
        if is(About::Advice) && self.tires.found.is_none() && line.size().is_none() && !by_car {
            return Some(Topic::Advice);
        }
        // "The car needs changing for winter" names a season, but no goods.
        let goods = is(About::Tires) || line.size().is_some() || line.brand().is_some();
        let own = line.words.iter().any(|word| MINE.contains(&word.as_str()));
        let buys = goods && !own && (is(About::Buying) || is(About::Stock));
        if fitting && !(line.has_tire_value() && buys) {
            return (!matches!(self.topic, Topic::Change)).then_some(Topic::Fitting);
        }
        None
    }

    /// A booking that stands, not one that is being made.
    fn is_about_booking(&self, line: &Line) -> bool {
        let is = |about| line.is(about);
        let changes = is(About::Cancel) || is(About::Move);
        if self.topic == Topic::Fitting {
            return changes && is(About::Booking);
        }
        let asks = is(About::Booking) && is(About::Whereabouts);
        let mine =
            is(About::Booking) && line.words.iter().any(|word| MINE.contains(&word.as_str()));
        let order = is(About::Order) && !is(About::Booking);
        (changes && !order && (is(About::Booking) || is(About::Fitting) || is(About::Move)))
            || asks
            || mine
    }

    /// An intent that outweighs the free text that we asked for.
    pub(super) fn interrupts(&self, intent: Option<Topic>, line: &Line) -> bool {
        let plain = line.words.len() <= 2 && !line.asks();
        match (&self.pending, intent) {
            (_, None) => line.is(About::Late) && !line.is(About::Move),
            // "On Monday after work" answers when to phone.
            (Some(Ask::CallbackTime), Some(topic)) => topic != Topic::Callback,
            (Some(Ask::Address | Ask::City), Some(topic)) => {
                matches!(topic, Topic::Change | Topic::Status | Topic::Callback)
                    && line.words.len() > 2
            }
            (_, Some(topic)) => topic != self.topic && !plain,
        }
    }

    /// Topics that begin by the values of a line alone.
    pub(super) fn drift(&mut self, line: &Line) -> bool {
        let tires = line.is(About::Tires);
        let (value, day) = (line.has_tire_value(), line.has_day());
        let next = match self.topic {
            Topic::Fitting if tires && (line.is(About::Buying) || value) => Topic::Tires,
            // A size or a maker begins a new search where nothing asks for one.
            Topic::Status | Topic::Storage | Topic::Callback | Topic::Wish if value => Topic::Tires,
            // A day where we offered a fitting is a yes to it.
            Topic::Tires | Topic::None if day && self.pending == Some(Ask::FitThem) => {
                Topic::Fitting
            }
            Topic::None if value || tires || line.is(About::Stock) || names_car(line) => {
                Topic::Tires
            }
            Topic::None if day && self.pending == Some(Ask::Need) => Topic::Fitting,
            topic => topic,
        };
        let changed = next != self.topic;
        self.turn_to(next);
        changed
    }

    /// There is something that could be ordered.
    pub(super) fn has_offers(&self) -> bool {
        self.tires.focus.is_some()
            || self.tires.found.as_ref().is_some_and(|found| !found.items.is_empty())
    }
}

/// Words that ask for a day.
const WHEN: [&str; 3] = ["when", "коли", "когда"];
/// Words of the caller's own.
const MINE: [&str; 13] = [
    "my",
    "мій",
    "мого",
    "мої",
    "моїм",
    "записаний",
    "записана",
    "мою",
    "моя",
    "моей",
    "записан",
    "записался",
    "записалась",
];
