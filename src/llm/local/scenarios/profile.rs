//! What is remembered of a caller for the next call: only what they said of themselves. It is
//! done in passing and never spoken of.

use crate::llm::local::talk::Talk;
use serde_json::{Value, json};

/// The tool that remembers.
pub(in crate::llm::local) const TOOL: &str = "update_customer_profile";

/// What was given to the tool already, whatever it answered.
#[derive(Debug, Clone, Default)]
pub(in crate::llm::local) struct Remembered {
    name: Option<String>,
    city: Option<String>,
    plate: Option<String>,
}

impl Talk {
    /// The call that is due; `None` when there is nothing new, or nobody to remember it of.
    pub(in crate::llm::local) fn profile_due(&self) -> Option<Value> {
        let (person, known) = (&self.person, &self.remembered);
        if person.needs_phone {
            return None;
        }
        let mut args = json!({});
        let name = person.name.as_ref().filter(|_| person.name_is_own);
        if let Some(name) = name.filter(|name| known.name.as_ref() != Some(*name)) {
            args["name"] = json!(name);
        }
        if let Some(city) = person.city.as_ref().filter(|city| known.city.as_ref() != Some(*city)) {
            args["city"] = json!(city);
        }
        let plate = person.plate.as_ref().filter(|plate| known.plate.as_ref() != Some(*plate));
        if let Some(plate) = plate {
            let mut vehicle = json!({ "plate": plate });
            if let Some(make) = &self.car.make {
                vehicle["brand"] = json!(make);
            }
            if let Some(size) = self.tires.size {
                vehicle["tire_size"] = json!(size.to_string());
            }
            args["vehicles"] = json!([vehicle]);
        }
        args.as_object().is_some_and(|fields| !fields.is_empty()).then_some(args)
    }

    /// It was given to the tool: once is enough, whatever it answered.
    pub(in crate::llm::local) fn learn_remembered(&mut self, args: &Value) {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let known = &mut self.remembered;
        known.name = text(&args["name"]).or(known.name.take());
        known.city = text(&args["city"]).or(known.city.take());
        known.plate = text(&args["vehicles"][0]["plate"]).or(known.plate.take());
    }
}
