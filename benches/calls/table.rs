//! Figures beside their targets, as a table and as a picture.

use std::fmt;
use std::fmt::Write as _;
use std::path::Path;

struct Row {
    what: String,
    /// `None`: nothing was measured.
    value: Option<f64>,
    target: f64,
    unit: &'static str,
    note: String,
}

impl Row {
    fn verdict(&self) -> &'static str {
        match self.value {
            Some(value) if value <= self.target => "met",
            Some(_) => "MISSED",
            None => "NOT MEASURED",
        }
    }

    fn figure(&self) -> String {
        self.value.map_or("no sample".to_owned(), |value| format!("{value:.2} {}", self.unit))
    }
}

/// Rows in the order in which they were added.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// A figure that should be at most `target`; `None` if there was nothing to measure.
    pub fn add(
        &mut self,
        what: &str,
        value: Option<f64>,
        target: f64,
        unit: &'static str,
        note: String,
    ) {
        self.rows.push(Row { what: what.to_owned(), value, target, unit, note });
    }

    /// Writes `calls.svg` into `folder`: each figure as a share of its target.
    pub fn draw(&self, folder: &Path) -> std::io::Result<()> {
        const ROW: usize = 26;
        const LEFT: f64 = 290.0;
        /// The length of a target.
        const WHOLE: f64 = 300.0;
        let height = self.rows.len() * ROW + 40;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"760\" height=\"{height}\" \
             font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect width=\"760\" height=\"{height}\" fill=\"#fff\"/>\n\
             <text x=\"{}\" y=\"16\" text-anchor=\"middle\" fill=\"#888\">target</text>\n\
             <line x1=\"{0}\" x2=\"{0}\" y1=\"22\" y2=\"{1}\" stroke=\"#888\" stroke-dasharray=\"4\"/>\n",
            LEFT + WHOLE,
            height - 10,
        );
        for (at, row) in self.rows.iter().enumerate() {
            let y = 30 + at * ROW;
            let value = row.value.unwrap_or(0.0);
            let share = if row.target > 0.0 { value / row.target } else { value };
            let (width, colour) = (
                (share.clamp(0.004, 1.4) * WHOLE),
                if value <= row.target { "#2a7" } else { "#c43" },
            );
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
                 <rect x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"16\" fill=\"{colour}\"/>\
                 <text x=\"{:.1}\" y=\"{}\">{}</text>",
                LEFT - 8.0,
                y + 13,
                row.what,
                LEFT + width + 6.0,
                y + 13,
                row.figure(),
            );
        }
        svg += "</svg>\n";
        std::fs::create_dir_all(folder)?;
        let path = folder.join("calls.svg");
        std::fs::write(&path, svg)?;
        println!("picture: {}", path.display());
        Ok(())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| figure | measured | target | | |\n|---|---:|---:|---|---|")?;
        for row in &self.rows {
            let (figure, target) = (row.figure(), row.target);
            let (verdict, note) = (row.verdict(), &row.note);
            writeln!(f, "| {} | {figure} | {target} | {verdict} | {note} |", row.what)?;
        }
        Ok(())
    }
}
