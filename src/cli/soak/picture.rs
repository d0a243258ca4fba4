//! The run as a picture: memory and calls over time, and where something went wrong.

use super::run::{Report, Sample};
use std::fmt::Write as _;

/// Size of the picture and the place of its field, pixels.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 60.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 50.0;
const MB: f64 = 1024.0 * 1024.0;

/// How values become places.
struct Field {
    seconds: f64,
    memory_mb: f64,
    calls: f64,
}

impl Field {
    fn x(&self, seconds: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * seconds / self.seconds
    }

    fn y(part: f64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part
    }
}

/// An SVG without anything from elsewhere.
pub(super) fn svg(report: &Report) -> String {
    let most = |value: fn(&Sample) -> f64| report.samples.iter().map(value).fold(1.0, f64::max);
    let field = Field {
        seconds: most(|sample| sample.at.as_secs_f64()),
        memory_mb: most(|sample| sample.health.memory as f64 / MB) * 1.1,
        calls: most(|sample| sample.health.calls as f64) * 1.5,
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Memory, calls and faults over time</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n"
    );
    faults(&mut svg, &field, report);
    let calls = |sample: &Sample| sample.health.calls as f64 / field.calls;
    line(&mut svg, &field, report, "#2b7a3d", &calls);
    let memory = |sample: &Sample| sample.health.memory as f64 / MB / field.memory_mb;
    line(&mut svg, &field, report, "#1f4e9c", &memory);
    axes(&mut svg, &field);
    svg += "</svg>\n";
    svg
}

/// A grey band where the program or its database was not whole, a red line where it was ended.
fn faults(svg: &mut String, field: &Field, report: &Report) {
    let (top, height) = (TOP, HEIGHT - TOP - BOTTOM);
    for happened in &report.faults {
        let (from, to) = (field.x(happened.from.as_secs_f64()), field.x(happened.to.as_secs_f64()));
        let colour = if happened.fault.ends_program() { "#e07a5f" } else { "#b8b8c8" };
        let width = (to - from).max(1.5);
        let _ = writeln!(
            svg,
            "<rect x=\"{from:.1}\" y=\"{top}\" width=\"{width:.1}\" height=\"{height}\" \
             fill=\"{colour}\" fill-opacity=\"0.6\"><title>{:.1} s: {}</title></rect>",
            happened.from.as_secs_f64(),
            happened.fault
        );
    }
}

fn line(
    svg: &mut String,
    field: &Field,
    report: &Report,
    colour: &str,
    part: &dyn Fn(&Sample) -> f64,
) {
    let mut points = String::new();
    for sample in &report.samples {
        let (x, y) = (field.x(sample.at.as_secs_f64()), Field::y(part(sample)));
        let _ = write!(points, "{x:.1},{y:.1} ");
    }
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>",
        points.trim_end()
    );
}

fn axes(svg: &mut String, field: &Field) {
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let _ = writeln!(
        svg,
        "<path d=\"M{LEFT} {TOP}V{bottom}H{right}V{TOP}\" fill=\"none\" stroke=\"#444\"/>"
    );
    let mut text = |x: f64, y: f64, anchor: &str, colour: &str, words: String| {
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{words}</text>"
        );
    };
    for step in 0..=4 {
        let part = f64::from(step) / 4.0;
        let y = Field::y(part) + 4.0;
        text(LEFT - 6.0, y, "end", "#1f4e9c", format!("{:.0} MB", field.memory_mb * part));
        text(right + 6.0, y, "start", "#2b7a3d", format!("{:.0}", field.calls * part));
        let seconds = field.seconds * part;
        text(
            field.x(seconds),
            bottom + 18.0,
            "middle",
            "#444",
            format!("{:.1} min", seconds / 60.0),
        );
    }
    text(LEFT, TOP - 10.0, "start", "#1f4e9c", "resident memory".into());
    text(right, TOP - 10.0, "end", "#2b7a3d", "calls at once".into());
    let words = "red: the program was ended and started again; grey: database away, connections cut, clock step";
    text(LEFT, HEIGHT - 8.0, "start", "#444", words.into());
}
