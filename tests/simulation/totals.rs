//! How much happened in a run of simulated calls: one in which nothing happens proves nothing.

/// How much happened in all.
#[derive(Debug, Default, Clone)]
pub struct Totals {
    pub consents: u64,
    pub barge_ins: u64,
    pub transfers: u64,
    pub hang_ups: u64,
    pub stale: u64,
    pub fillers_or_more: u64,
    pub tools: u64,
    pub ratings: u64,
    pub taken: u64,
    pub nobody_came: u64,
    pub aheads: u64,
    pub kept: u64,
    pub continued: u64,
}

impl Totals {
    pub fn add(&mut self, other: &Self) {
        self.consents += other.consents;
        self.barge_ins += other.barge_ins;
        self.transfers += other.transfers;
        self.hang_ups += other.hang_ups;
        self.stale += other.stale;
        self.fillers_or_more += other.fillers_or_more;
        self.tools += other.tools;
        self.ratings += other.ratings;
        self.taken += other.taken;
        self.nobody_came += other.nobody_came;
        self.aheads += other.aheads;
        self.kept += other.kept;
        self.continued += other.continued;
    }
}
