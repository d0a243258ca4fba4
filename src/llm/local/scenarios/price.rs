//! What a fitting costs, by rim and class of vehicle.

use super::{Scenario, Topic, nothing};
use crate::llm::local::keywords::About;
use crate::llm::local::learn::Finished;
use crate::llm::local::line::Line;
use crate::llm::local::reply::{Ask, Move, Tell};
use crate::llm::local::results::{rows, text};
use crate::llm::local::talk::Talk;
use crate::shop::Service;
use serde_json::{Value, json};

/// Prices that are told at once.
const ROWS_MAX: usize = 2;
/// Rims that are fitted, inches.
const RIMS: std::ops::RangeInclusive<u64> = 12..=24;

pub(super) const SCENARIO: Scenario = Scenario {
    topic: Topic::Price,
    about: "prices of fitting",
    tools: &["get_fitting_price"],
    hear: Talk::hear_price,
    answer: super::no_answer,
    learn: Talk::learn_prices,
    refused: Talk::refused_price,
    declined: nothing,
    drop: nothing,
    next: |talk| {
        let size = talk.tires.size.map(|size| u64::from(size.rim_tenths / 10));
        let Some(rim) = talk.price.rim.or(size) else { return Move::ask(Ask::Rim) };
        Move::call("get_fitting_price", json!({ "tire_diameter": rim }))
    },
};

/// What prices are asked for.
#[derive(Debug, Clone, Default)]
pub(in crate::llm::local) struct Price {
    rim: Option<u64>,
    service: Option<Service>,
}

impl Talk {
    fn hear_price(&mut self, line: &Line) -> bool {
        if line.is(About::Balancing) {
            let both = line.is(About::Fitting);
            let service = if both { Service::FullService } else { Service::Balancing };
            self.price.service = Some(service);
        }
        let asked = self.pending == Some(Ask::Rim);
        let bare = line.number().and_then(|digits| digits.parse().ok()).filter(|_| asked);
        let counted = line.count().map(u64::from).filter(|_| asked);
        let rim = line.rim().or(bare).or(counted).filter(|rim| RIMS.contains(rim));
        if rim.is_some() {
            self.price.rim = rim;
        }
        rim.is_some() || line.is(About::Price)
    }

    fn learn_prices(&mut self, call: &Finished<'_>) {
        let wanted = self.price.service.unwrap_or(Service::FullService);
        let all = rows(&call.result["prices"]);
        let rim = call.args["tire_diameter"].as_u64().unwrap_or(0);
        let of = |service: Service| -> Vec<&Value> {
            all.iter().filter(|row| row["service"] == json!(service)).collect()
        };
        let (service, mut found) = [wanted, Service::FullService, Service::TireChange]
            .into_iter()
            .map(|service| (service, of(service)))
            .find(|(_, found)| !found.is_empty())
            .unwrap_or((wanted, all.iter().collect()));
        // The classes that most callers have come first.
        found.sort_by_key(|row| {
            ["car", "suv"].iter().position(|class| row["category"] == *class).unwrap_or(9)
        });
        let rows: Vec<(String, String)> = found
            .into_iter()
            .map(|row| (text(row, "category"), text(row, "price")))
            .take(ROWS_MAX)
            .collect();
        let tell =
            if rows.is_empty() { Tell::NoPrice } else { Tell::Prices { rim, service, rows } };
        self.price = Price::default();
        self.done(tell, Ask::FitThem);
    }

    fn refused_price(&mut self, _: &Finished<'_>, code: &str) -> bool {
        let known = matches!(code, "bad_arguments" | "diameter_unknown" | "no_price");
        if known {
            self.done(Tell::NoPrice, Ask::FitThem);
        }
        known
    }
}
