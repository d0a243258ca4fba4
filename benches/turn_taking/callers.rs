//! Callers who pause inside their sentences, from a seed: every policy hears the very same ones.

/// A small generator; the same seed is the same caller on every machine.
pub struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[(self.next() % of.len() as u64) as usize]
    }

    /// About normal: mean 0, deviation 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// How a caller pauses between the pieces of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Median 180 ms.
    Brisk,
    /// Median 320 ms.
    Even,
    /// Median 520 ms.
    Slow,
}

impl Style {
    pub const ALL: [Self; 3] = [Self::Brisk, Self::Even, Self::Slow];

    const fn median_ms(self) -> f64 {
        match self {
            Self::Brisk => 180.0,
            Self::Even => 320.0,
            Self::Slow => 520.0,
        }
    }
}

/// What is asked of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Answer,
    Speech,
    Figures,
    Spelled,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Answer, Self::Speech, Self::Figures, Self::Spelled];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Answer => "yes, no, a choice",
            Self::Speech => "free speech",
            Self::Figures => "a size, a number",
            Self::Spelled => "a plate, an address",
        }
    }

    /// Pauses between dictated groups are longer than those between clauses.
    const fn stretch(self) -> f64 {
        match self {
            Self::Answer => 0.7,
            Self::Speech => 1.0,
            Self::Figures => 1.3,
            Self::Spelled => 1.5,
        }
    }

    fn questions(self) -> &'static [&'static str] {
        match self {
            Self::Answer => &["Shall I go on?", "Which one would you like?", "Is it for a van?"],
            Self::Speech => &["How can I help?", "Tell me more.", "What is it about?"],
            Self::Figures => {
                &["Which tyre size do you need?", "What phone number can we reach you at?"]
            }
            Self::Spelled => &["What is the plate of the car?", "What street and house is it?"],
        }
    }

    fn sentences(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Answer => &[
                &["yes"],
                &["yes please"],
                &["no"],
                &["the second one"],
                &["um", "the cheaper one"],
                &["well yes", "why not"],
            ],
            Self::Speech => &[
                &["I need winter tyres for my", "old Skoda"],
                &["good morning", "I would like to have my tyres changed", "on Friday"],
                &["do you have anything", "cheaper than that"],
                &["I bought tyres from you last year and", "they are worn already"],
                &["what would you recommend"],
                &["it makes a noise when I drive", "faster than eighty or so"],
                &["can you tell me", "how long it takes"],
                &["my neighbour told me that", "you also store tyres", "over the summer"],
            ],
            Self::Figures => &[
                &["two hundred five", "fifty five", "R sixteen"],
                &["one hundred ninety five slash", "sixty five", "R fifteen"],
                &["it is two hundred twenty five forty five", "seventeen"],
                &["zero six seven", "one two three", "forty five", "sixty seven"],
                &["two hundred five fifty five R sixteen"],
            ],
            Self::Spelled => &[
                &["A A", "one two three four", "B B"],
                &["it is K A", "five five", "zero one", "H I"],
                &["Green street", "one hundred and fifteen", "flat six"],
                &["Shevchenka avenue", "building four"],
            ],
        }
    }
}

/// A stretch of voice, and the pause before it.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    pub words: &'static str,
    pub pause_ms: u64,
    pub voice_ms: u64,
}

/// One turn of a caller.
#[derive(Debug, Clone)]
pub struct Turn {
    pub kind: Kind,
    pub question: &'static str,
    pub pieces: Vec<Piece>,
}

/// A call: so many turns of one caller.
pub fn turns(seed: u64, style: Style, count: usize) -> Vec<Turn> {
    let mut rng = Rng(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x7441);
    (0..count).map(|_| turn(&mut rng, style)).collect()
}

fn turn(rng: &mut Rng, style: Style) -> Turn {
    let kind = *rng.pick(&Kind::ALL);
    let question = *rng.pick(kind.questions());
    let sentence = *rng.pick(kind.sentences());
    let pieces = sentence.iter().map(|words| {
        // The logarithm of a pause is about normal; half of all lie within 40 % of the median.
        let pause = style.median_ms() * kind.stretch() * (0.5 * rng.normal()).exp();
        let pause_ms = (pause as u64).clamp(60, 2_500);
        let voice_ms = 120 + words.len() as u64 * 55;
        Piece { words, pause_ms, voice_ms }
    });
    Turn { kind, question, pieces: pieces.collect() }
}
