//! SVG text: elements, attributes, escapes.

use super::{Frame, sheet};
use std::fmt::Write as _;

/// No coordinate is farther out; what is larger was a mistake in a scale.
const COORDINATE_MAX: f64 = 100_000.0;

/// A coordinate with one decimal at most.
pub(super) fn coordinate(value: f64) -> String {
    let value = if value.is_finite() { value } else { 0.0 };
    let tenths = (value.clamp(-COORDINATE_MAX, COORDINATE_MAX) * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, tenth) = (tenths.abs() / 10, tenths.abs() % 10);
    if tenth == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{tenth}") }
}

/// Text for an element or an attribute in double quotes. Characters that XML does not know are
/// left out.
#[must_use]
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A link stays on this host: a path, a query or a place on the page.
#[must_use]
pub(super) fn own_address(href: &str) -> bool {
    let first = href.chars().next();
    let here = matches!(first, Some('/' | '?' | '#'));
    here && !href.starts_with("//") && !href.starts_with("/\\")
}

/// A text that is cut where it would run into what is beside it.
#[must_use]
pub(super) fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Where a text stands in relation to its point.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing under way.
#[derive(Debug)]
pub(super) struct Svg {
    body: String,
    links: bool,
    standalone: bool,
    /// As high as what is drawn needs, if that is not the frame's own height.
    height: Option<f64>,
}

impl Svg {
    pub(super) const fn new(frame: &Frame<'_>) -> Self {
        Self { body: String::new(), links: false, standalone: frame.standalone, height: None }
    }

    /// From here on the drawing is no higher than this.
    pub(super) const fn shrink(&mut self, height: f64) {
        self.height = Some(height);
    }

    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(coordinate);
        let _ = writeln!(
            self.body,
            "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>"
        );
    }

    /// A box; what would have no size is drawn one unit thin by whoever wants it seen.
    pub(super) fn rect(&mut self, class: &str, at: (f64, f64), width: f64, height: f64) {
        let [x, y, width, height] = [at.0, at.1, width.max(0.0), height.max(0.0)].map(coordinate);
        let _ = writeln!(
            self.body,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
        );
    }

    pub(super) fn circle(&mut self, class: &str, at: (f64, f64), radius: f64) {
        let [x, y, r] = [at.0, at.1, radius].map(coordinate);
        let _ = writeln!(self.body, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/>");
    }

    /// A line through points, closed if it bounds an area.
    pub(super) fn path(&mut self, class: &str, points: &[(f64, f64)], closed: bool) {
        let mut d = String::new();
        for (number, point) in points.iter().enumerate() {
            let verb = if number == 0 { "M" } else { "L" };
            let _ = write!(d, "{verb}{} {}", coordinate(point.0), coordinate(point.1));
        }
        let close = if closed { "Z" } else { "" };
        let _ = writeln!(self.body, "<path class=\"{class}\" d=\"{d}{close}\"/>");
    }

    pub(super) fn text(&mut self, class: &str, at: (f64, f64), anchor: Anchor, text: &str) {
        let [x, y] = [at.0, at.1].map(coordinate);
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let text = escaped(text);
        let _ = writeln!(
            self.body,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{anchor}>{text}</text>"
        );
    }

    /// Draws `inside` as one mark that says `title`, and leads to `href` if that is ours.
    pub(super) fn mark(&mut self, href: Option<&str>, title: &str, inside: impl FnOnce(&mut Self)) {
        let href = href.filter(|href| !self.standalone && own_address(href));
        let element = if let Some(href) = href {
            self.links = true;
            let _ = write!(self.body, "<a class=\"c-link\" href=\"{}\">", escaped(href));
            "a"
        } else {
            self.body.push_str("<g>");
            "g"
        };
        let _ = writeln!(self.body, "<title>{}</title>", escaped(title));
        inside(self);
        let _ = writeln!(self.body, "</{element}>");
    }

    /// The whole element. A picture with links is a group, because an image's inside does not
    /// exist for a screen reader.
    pub(super) fn finish(self, frame: &Frame<'_>) -> String {
        let top = if frame.standalone { HEAD } else { 0.0 };
        let (width, height) =
            (coordinate(frame.width), coordinate(self.height.unwrap_or(frame.height) + top));
        let id: String =
            frame.id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let role = if self.links { "group" } else { "img" };
        // Inside a page the element is known without its name space.
        let names = if frame.standalone { " xmlns=\"http://www.w3.org/2000/svg\"" } else { "" };
        let mut out = format!(
            "<svg{names} class=\"chart\" id=\"{id}\" \
             viewBox=\"0 {top} {width} {height}\" width=\"{width}\" height=\"{height}\" \
             preserveAspectRatio=\"xMidYMid meet\" role=\"{role}\" \
             aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-finding\">\n\
             <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-finding\">{}</desc>\n",
            escaped(frame.title),
            escaped(frame.finding),
            top = coordinate(-top),
        );
        if frame.standalone {
            let _ = writeln!(out, "<style>{}</style>", escaped_style());
            let _ = writeln!(
                out,
                "<rect class=\"c-page\" x=\"0\" y=\"-{}\" width=\"{width}\" height=\"{height}\"/>\n\
                 <text class=\"c-title\" x=\"8\" y=\"-22\">{}</text>\n\
                 <text class=\"c-note\" x=\"8\" y=\"-4\">{}</text>",
                coordinate(HEAD),
                escaped(frame.title),
                escaped(frame.finding),
            );
        }
        out.push_str(&self.body);
        out.push_str("</svg>\n");
        out
    }
}

/// The style as text of an element; quotes stay as they are.
fn escaped_style() -> String {
    sheet::own_style().replace('&', "&amp;").replace('<', "&lt;")
}

/// Room for the title and the finding over a picture that stands alone, units.
const HEAD: f64 = 44.0;
