//! The tables as the database's own catalogue knows them, as a picture and as text. Drawn from
//! what is there, so it cannot be wrong; the same database gives the same bytes.

mod catalogue;
mod layout;
mod markdown;
mod svg;

pub use catalogue::read;
pub use markdown::markdown;
pub use svg::svg;

/// What tables belong together, in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// The shops and who works there.
    Shops,
    /// Conversations: the log.
    Calls,
    /// What was agreed, sold and booked.
    Deals,
    /// Goods and stations.
    Goods,
    /// People and what they asked for.
    People,
    /// What the agent knows and how it is instructed.
    Knowledge,
    /// Figures.
    Figures,
    /// The installation's own books.
    Housekeeping,
    /// What nobody has put into an area yet.
    Other,
    /// Views.
    Views,
}

impl Area {
    /// Every area, in order.
    pub const ALL: [Self; 10] = [
        Self::Calls,
        Self::Deals,
        Self::Goods,
        Self::People,
        Self::Shops,
        Self::Knowledge,
        Self::Figures,
        Self::Housekeeping,
        Self::Other,
        Self::Views,
    ];

    /// Its heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Shops => "Shops and their desk",
            Self::Calls => "Conversations",
            Self::Deals => "Orders and bookings",
            Self::Goods => "Goods and stations",
            Self::People => "People and requests",
            Self::Knowledge => "Knowledge and instructions",
            Self::Figures => "Figures",
            Self::Housekeeping => "Housekeeping of the installation",
            Self::Other => "Others",
            Self::Views => "Views",
        }
    }

    /// By name: what begins alike belongs together.
    fn of(schema: &str, table: &str, is_view: bool) -> Self {
        if is_view {
            return Self::Views;
        }
        if schema == "housekeeping" {
            return Self::Housekeeping;
        }
        match table {
            "fitting_bookings"
            | "fitting_booking_changes"
            | "storage_contracts"
            | "pickup_points"
            | "delivery_rates"
            | "approvals" => return Self::Deals,
            "external_refs" | "integration_sync_logs" => return Self::People,
            _ => {}
        }
        match table.split('_').next().unwrap_or(table) {
            "orders" | "order" => Self::Deals,
            "calls" | "call" | "eval" => Self::Calls,
            "products" | "vehicles" | "fitting" => Self::Goods,
            "customers" | "customer" | "tickets" | "ticket" | "wishlist" => Self::People,
            "knowledge" | "prompt" | "learning" => Self::Knowledge,
            "daily" => Self::Figures,
            "tenants" | "users" | "user" | "settings" | "setting" | "audit" | "desk"
            | "machine" | "api" | "webhooks" | "webhook" | "alerts" | "digests" => Self::Shops,
            _ => Self::Other,
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, in short.
    pub kind: String,
    /// May it be null?
    pub nullable: bool,
    /// Is it part of the primary key?
    pub is_key: bool,
}

/// A table or a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// With its schema, unless that is `public`.
    pub name: String,
    /// Where it belongs.
    pub area: Area,
    /// In the order in which they stand.
    pub columns: Vec<Column>,
    /// For tables by month: how many months there are beside the default partition.
    pub months: Option<i64>,
}

/// A row of one table names a row of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relation {
    /// The table that names.
    pub from: String,
    /// Its column.
    pub column: String,
    /// The table that is named.
    pub to: String,
    /// True for a foreign key; false if the program alone keeps it.
    pub by_key: bool,
}

/// Everything that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// By area and name.
    pub tables: Vec<Table>,
    /// In order; without those of `tenant_id`, which every table has.
    pub relations: Vec<Relation>,
}

impl Schema {
    /// The tables of an area, in order.
    pub fn of(&self, area: Area) -> impl Iterator<Item = &Table> {
        self.tables.iter().filter(move |table| table.area == area)
    }

    /// What a column refers to.
    fn target(&self, table: &str, column: &str) -> Option<&Relation> {
        self.relations.iter().find(|known| known.from == table && known.column == column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_alike_belongs_together() {
        for (table, area) in [
            ("calls", Area::Calls),
            ("call_turns", Area::Calls),
            ("fitting_bookings", Area::Deals),
            ("fitting_stations", Area::Goods),
            ("order_items", Area::Deals),
            ("knowledge_articles", Area::Knowledge),
            ("something_new", Area::Other),
        ] {
            assert_eq!(Area::of("public", table, false), area, "{table}");
        }
        assert_eq!(Area::of("housekeeping", "jobs", false), Area::Housekeeping);
        assert_eq!(Area::of("dashboard", "calls", true), Area::Views);
    }
}
