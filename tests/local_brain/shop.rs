//! A shop that answers tool calls in the tools' own shapes, from a little state of its own, and
//! the least that a core does around it. What it did stands in [`Line::done`].

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use treadline::language::Language;
use treadline::language::answer::{Answer, classify};
use treadline::llm::local::{Lexicon, LocalBrain};
use treadline::llm::{LanguageModel as _, ModelChunk, ModelRequest, ToolSpec};
use treadline::turn::Message;

use crate::local_brain::answers::{WINTER, booking, points, refusal, stations, status, tyres};
use crate::local_brain::support::fake_store::wall;

/// Tools in one turn; a brain that goes in circles fails the test.
const TOOLS_PER_TURN_MAX: usize = 8;
/// A sentence of more characters nobody listens to on the phone. What is read back is the core's.
pub const REPLY_CHARS_MAX: usize = 200;
/// Tools that need the caller's yes.
const CONSENT: [&str; 3] = ["book_fitting", "confirm_order", "cancel_fitting"];
const NAMES: [&str; 20] = [
    "get_vehicle_tire_sizes",
    "search_tires",
    "check_availability",
    "transfer_to_operator",
    "get_order_status",
    "create_order_draft",
    "update_order_delivery",
    "confirm_order",
    "get_pickup_points",
    "get_fitting_stations",
    "get_fitting_slots",
    "book_fitting",
    "cancel_fitting",
    "get_fitting_price",
    "get_customer_bookings",
    "find_storage",
    "update_customer_profile",
    "create_callback_request",
    "add_to_wishlist",
    "search_knowledge_base",
];

/// What the core reads back when it is a number to reach the caller by.
const CONTACT: &str = "contact";

/// A number to reach the caller by among the arguments.
fn number(args: &Value) -> Option<&str> {
    ["customer_phone", "phone"].iter().find_map(|field| args[field].as_str())
}

/// A call on the line.
pub struct Line {
    brain: LocalBrain,
    pub language: Language,
    pub history: Vec<Message>,
    /// Successful calls of tools that leave something behind, in order.
    pub done: Vec<(String, Value)>,
    /// Every reply of the brain.
    pub replies: Vec<String>,
    pub withheld: bool,
    /// The number that the caller said yes to.
    confirmed: Option<String>,
    /// Bookings that stand before the call.
    pub bookings: Vec<Value>,
    /// Contracts of the caller.
    pub stored: Vec<Value>,
    /// No time is free anywhere.
    pub full: bool,
    drafts: usize,
    waiting: Option<(String, Value)>,
}

impl Line {
    pub fn new(language: Language) -> Self {
        let sizes = ["205/55 R16", "195/65 R15", "215/60 R16", "205/55 R17"];
        let lexicon = Lexicon {
            sizes: sizes.map(|size| size.parse().expect("a size")).to_vec(),
            brands: ["Rosava", "Nokian", "Michelin", "Debica"].map(str::to_owned).to_vec(),
        };
        Self {
            brain: LocalBrain::new(lexicon),
            language,
            history: Vec::new(),
            done: Vec::new(),
            replies: Vec::new(),
            withheld: false,
            confirmed: None,
            bookings: Vec::new(),
            stored: Vec::new(),
            full: false,
            drafts: 0,
            waiting: None,
        }
    }

    /// The same with a booking of the caller's.
    pub fn booked(language: Language) -> Self {
        let mut line = Self::new(language);
        line.bookings.push(booking("B1", "100001", "North", "2026-11-26", "10:20"));
        line
    }

    /// All lines in a row; the last reply.
    pub async fn talk(&mut self, lines: &[&str]) -> String {
        let mut last = String::new();
        for line in lines {
            last = self.say(line).await;
        }
        last
    }

    /// The caller says something; what they hear then.
    pub async fn say(&mut self, text: &str) -> String {
        if let Some((tool, args)) = self.waiting.take() {
            match classify(text, self.language) {
                Some(Answer::Yes) if tool == CONTACT => {
                    self.hear(text);
                    self.confirmed = number(&args).map(str::to_owned);
                    // The core goes on with the call that waited.
                    let name = args["waits"].as_str().expect("a tool").to_owned();
                    let args = args["args"].clone();
                    let result = self.run(&name, &args);
                    if CONSENT.contains(&name.as_str()) && result["error"].is_null() {
                        return self.read_back(name, args);
                    }
                    self.learn(&name, args, result);
                    return self.ask().await;
                }
                Some(Answer::Yes) => {
                    self.hear(text);
                    let result = self.carry_out(&tool, &args);
                    self.learn(&tool, args, result);
                    return self.ask().await;
                }
                Some(Answer::NotHeard | Answer::Repeat) => {
                    self.hear(text);
                    return self.read_back(tool, args);
                }
                _ if tool == CONTACT => {
                    let name = args["waits"].as_str().expect("a tool").to_owned();
                    self.learn(&name, args["args"].clone(), refusal("phone_not_confirmed"));
                }
                Some(Answer::No | Answer::Cancel) => self.learn(&tool, args, refusal("rejected")),
                _ => self.learn(&tool, args, refusal("not_confirmed")),
            }
        }
        self.hear(text);
        self.ask().await
    }

    fn hear(&mut self, text: &str) {
        if let Some(Message::Caller { text: before }) = self.history.last_mut() {
            before.push(' ');
            before.push_str(text);
        } else {
            self.history.push(Message::Caller { text: text.into() });
        }
    }

    fn learn(&mut self, name: &str, args: Value, result: Value) {
        self.history.push(Message::Tool { name: name.into(), args, result });
    }

    fn read_back(&mut self, tool: String, args: Value) -> String {
        let text = format!("READ BACK {tool} {args}?");
        self.history.push(Message::Agent { text: text.clone() });
        self.waiting = Some((tool, args));
        text
    }

    /// A number that the network did not give is read back before a tool gets it.
    fn reads_number_back(&mut self, tool: &str, args: &Value) -> Option<String> {
        let number = number(args)?.to_owned();
        if !self.withheld || self.confirmed.as_ref() == Some(&number) {
            return None;
        }
        let waits = json!({ "waits": tool, "args": args, "phone": number });
        Some(self.read_back(CONTACT.to_owned(), waits))
    }

    async fn ask(&mut self) -> String {
        let mut calls: Vec<(String, Value)> = Vec::new();
        for _ in 0..=TOOLS_PER_TURN_MAX {
            let request = ModelRequest {
                system: String::new(),
                state: None,
                language: self.language,
                history: self.history.clone(),
                tools: self.shown(),
                now: wall(),
            };
            let answer = self.brain.answer(request).await.expect("the local brain answers");
            let mut chunks: Vec<_> = answer.collect().await;
            assert_eq!(chunks.len(), 1, "{chunks:?}");
            match chunks.remove(0).expect("no error") {
                ModelChunk::Text(text) => {
                    assert!(!text.trim().is_empty());
                    assert!(text.chars().count() <= REPLY_CHARS_MAX, "too long: {text}");
                    self.history.push(Message::Agent { text: text.clone() });
                    self.replies.push(text.clone());
                    return text;
                }
                ModelChunk::ToolCall { name, args } => {
                    let call = (name.clone(), args.clone());
                    assert!(!calls.contains(&call), "the same call twice in a turn: {call:?}");
                    calls.push(call);
                    if let Some(text) = self.reads_number_back(&name, &args) {
                        return text;
                    }
                    let result = self.run(&name, &args);
                    if CONSENT.contains(&name.as_str()) && result["error"].is_null() {
                        return self.read_back(name, args);
                    }
                    self.learn(&name, args, result);
                }
            }
        }
        panic!("the brain goes in circles: {calls:?}");
    }

    /// The tools that fit where the call stands.
    fn shown(&self) -> Vec<ToolSpec> {
        let last = |names: &[&str]| {
            self.history.iter().rposition(|message| match message {
                Message::Tool { name, result, .. } => {
                    names.contains(&name.as_str()) && result["error"].is_null()
                }
                _ => false,
            })
        };
        let after = |shown_by: &[&str], hidden_by: &[&str]| {
            last(shown_by).is_some_and(|at| last(hidden_by).is_none_or(|hidden| hidden < at))
        };
        let shows = |name: &str| match name {
            "update_order_delivery" => after(&["create_order_draft"], &["confirm_order"]),
            "confirm_order" => {
                after(&["update_order_delivery"], &["confirm_order", "create_order_draft"])
            }
            "cancel_fitting" => last(&["get_customer_bookings"]).is_some(),
            _ => true,
        };
        NAMES
            .into_iter()
            .filter(|name| shows(name))
            .map(|name| ToolSpec { name, description: "", parameters: Value::Null })
            .collect()
    }

    /// Answers a tool call; of a tool with an effect only whether it could be carried out.
    fn run(&mut self, tool: &str, args: &Value) -> Value {
        let own = ["get_order_status", "get_customer_bookings", "find_storage"];
        if self.withheld && (own.contains(&tool) || tool == "update_customer_profile") {
            return refusal("identity_unverified");
        }
        let phone = if tool.ends_with("_fitting") || tool.ends_with("_draft") {
            "customer_phone"
        } else {
            "phone"
        };
        let contacts =
            ["create_order_draft", "book_fitting", "create_callback_request", "add_to_wishlist"];
        if self.withheld && contacts.contains(&tool) && args[phone].is_null() {
            return refusal("phone_missing");
        }
        match tool {
            "search_tires" | "check_availability" | "get_vehicle_tire_sizes" => tyres(tool, args),
            "create_order_draft" => self.draft(args),
            "update_order_delivery" => {
                self.note(tool, args);
                let pickup = args["delivery_type"] == "pickup";
                let cost = if pickup { "0" } else { "150" };
                json!({ "order_id": args["order_id"], "delivery_type": args["delivery_type"],
                    "destination": "there", "delivery_cost": cost, "estimated_days": 2,
                    "subtotal": "12400", "total": if pickup { "12400" } else { "12550" } })
            }
            // A shop without articles.
            "search_knowledge_base" => json!({ "total": 0, "articles": [] }),
            "get_pickup_points" => points(args),
            "get_order_status" => status(args),
            "get_fitting_stations" => stations(args),
            "get_fitting_slots" => self.slots(args),
            "get_customer_bookings" => {
                json!({ "total": self.bookings.len(), "bookings": self.bookings })
            }
            "get_fitting_price" => json!({
                "diameter": args["tire_diameter"],
                "prices": [
                    { "service": "tire_change", "price": "590", "category": "car" },
                    { "service": "full_service", "price": "1180", "category": "suv" },
                    { "service": "full_service", "price": "980", "category": "car" },
                ],
            }),
            "find_storage" => json!({ "total": self.stored.len(), "contracts": self.stored }),
            "transfer_to_operator" => {
                self.note(tool, args);
                json!({ "status": "transferring" })
            }
            "update_customer_profile" | "create_callback_request" | "add_to_wishlist" => {
                self.note(tool, args);
                json!({ "status": "saved" })
            }
            "book_fitting" => self.check_booking(args),
            _ => json!({}),
        }
    }

    fn note(&mut self, tool: &str, args: &Value) {
        self.done.push((tool.to_owned(), args.clone()));
    }

    fn check_booking(&self, args: &Value) -> Value {
        if !self.stored.is_empty() && args["storage_contract"].is_null() {
            let mut unclear = refusal("storage_unclear");
            unclear["contracts"] = json!(self.stored);
            return unclear;
        }
        json!({})
    }

    fn carry_out(&mut self, tool: &str, args: &Value) -> Value {
        self.note(tool, args);
        match tool {
            "confirm_order" => json!({ "status": "confirmed", "order_number": "100245",
                "total": "12550", "estimated_delivery": "2026-11-25", "sms_sent": false }),
            "book_fitting" => json!({ "status": "confirmed", "station": "North",
                "address": "12 Heroiv Avenue", "date": args["date"], "time": args["time"] }),
            _ if args["action"] == "cancel" => json!({ "status": "cancelled", "station": "North",
                "date": "2026-11-26", "time": "10:20" }),
            _ => json!({ "status": "moved", "station": "North", "date": args["new_date"],
                "time": args["new_time"] }),
        }
    }

    fn draft(&mut self, args: &Value) -> Value {
        let (mut lines, mut all, mut pieces) = (Vec::new(), 0, 0);
        for line in args["items"].as_array().expect("items") {
            let quantity = line["quantity"].as_u64().expect("a quantity");
            let row = WINTER.iter().find(|row| line["product_id"] == row.0).expect("a known tyre");
            if quantity > u64::from(row.4) && quantity <= 20 {
                let mut refused = refusal("out_of_stock");
                refused["available"] = json!(row.4);
                return refused;
            }
            let total = u64::from(row.3) * quantity;
            (all, pieces) = (all + total, pieces + quantity);
            lines.push(json!({ "name": format!("{} {}", row.1, row.2), "quantity": quantity,
                "price": row.3.to_string(), "total": total.to_string() }));
        }
        if pieces > 20 {
            return refusal("too_many_pieces");
        }
        self.note("create_order_draft", args);
        self.drafts += 1;
        json!({ "order_id": format!("D{}", self.drafts), "status": "draft",
            "subtotal": all.to_string(), "total": all.to_string(), "items": lines })
    }

    fn slots(&self, args: &Value) -> Value {
        let station = &args["station_id"];
        if self.full {
            return json!({ "station_id": station, "days": [], "reason": "no_slots",
                "wishlist_offer": true });
        }
        let first = if args["storage_contract"] == "S1" { "2026-11-25" } else { "2026-11-23" };
        let date = args["date_from"].as_str().unwrap_or(first);
        if date < first {
            let mut early = refusal("storage_needs_time");
            early["earliest"] = json!(first);
            return early;
        }
        let times = ["09:00", "10:20", "11:00", "14:00", "17:00"];
        json!({ "station_id": station, "station": "North",
            "earliest": { "date": date, "time": "09:00" },
            "days": [{ "date": date, "weekday": "mon", "times": times }] })
    }

    /// The arguments of the one successful call of a tool.
    #[track_caller]
    pub fn only(&self, tool: &str) -> &Value {
        let made: Vec<&Value> =
            self.done.iter().filter(|(name, _)| name == tool).map(|(_, args)| args).collect();
        assert_eq!(made.len(), 1, "{tool}: {:#?}\n{:#?}", self.done, self.replies);
        made[0]
    }

    pub fn made(&self, tool: &str) -> bool {
        self.done.iter().any(|(name, _)| name == tool)
    }

    /// The names of the tools so far.
    pub fn tools(&self) -> Vec<&str> {
        let name = |message: &'_ Message| match message {
            Message::Tool { name, .. } => Some(name.clone()),
            _ => None,
        };
        let called: Vec<String> = self.history.iter().filter_map(name).collect();
        NAMES.into_iter().filter(|tool| called.iter().any(|name| name == tool)).collect()
    }
}
