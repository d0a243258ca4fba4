//! The table and the pictures.

use crate::chart::Frame;
use crate::chart::days::Tick;
use crate::chart::line::{Level, Lines, Point, Series, draw};
use crate::contestants::ALL;
use crate::measure::{Found, quality, times};
use std::fmt::Write as _;
use std::process::Command;

/// One pair of rates.
pub struct Part {
    from: u32,
    to: u32,
    found: Vec<Found>,
}

impl Part {
    pub fn measure(from: u32, to: u32) -> Self {
        let mut found: Vec<Found> = ALL.iter().map(|one| quality(one, from, to)).collect();
        for (found, (median, least)) in found.iter_mut().zip(times(ALL, from, to)) {
            (found.ns_median, found.ns_least) = (median, least);
        }
        Self { from, to, found }
    }

    pub fn name(&self) -> String {
        format!("{}-to-{}", self.from, self.to)
    }

    pub fn picture(&self) -> String {
        let (low, high) = (self.from.min(self.to), self.from.max(self.to));
        let title = format!("{} Hz to {} Hz: what comes out of a tone", self.from, self.to);
        let finding = if self.to > self.from {
            "Above half the lower rate only images of the band are heard."
        } else {
            "Above half the lower rate everything that is left is heard as something else."
        };
        let frame = Frame {
            width: 960.0,
            height: 420.0,
            standalone: true,
            finding,
            ..Frame::new("resamplers", &title)
        };
        let series = self.found.iter().filter(|one| one.drawn).map(|one| Series {
            name: one.name.into(),
            points: one
                .response
                .iter()
                .map(|(hz, db)| Point { x: *hz, y: *db, name: format!("{hz:.0} Hz"), href: None })
                .collect(),
        });
        let top = (high / 2).min(8_000);
        let ticks = (0..=top / 1_000)
            .map(|khz| Tick { at: f64::from(khz) * 1_000.0, name: format!("{khz} kHz") });
        let half = f64::from(low) / 2.0;
        let lines = Lines {
            series: series.collect(),
            band: false,
            levels: vec![Level { value: -80.0, name: "-80 dB".into(), alert: false }],
            events: vec![Tick { at: half, name: format!("half of {low} Hz") }],
            ticks: ticks.collect(),
            time: "input".into(),
            show: |db| format!("{db:.0}"),
            unit: "dB".into(),
        };
        draw(&frame, &lines).svg
    }

    fn table(&self, text: &mut String) {
        let ours = self.found.first().map_or(1.0, |one| one.ns_median);
        let _ = writeln!(
            text,
            "\n## {} Hz to {} Hz\n\n| converter | ns a frame (least) | times ours | delay, ms: filter + held \
             back | first output | ripple, dB | rejection, dB | taken from the heap |\n\
             |---|---|---|---|---|---|---|---|",
            self.from, self.to
        );
        for one in &self.found {
            let _ = writeln!(
                text,
                "| {} | {:.0} ({:.0}) | {:.2} | {:.1} + {:.1} | frame {} | {:.2} | {:.0} | {} |",
                one.name,
                one.ns_median,
                one.ns_least,
                one.ns_median / ours,
                one.group_ms,
                one.held_ms,
                one.first_frame,
                one.ripple_db,
                one.rejection_db,
                one.allocations,
            );
        }
        let _ = writeln!(text, "\n![responses](resamplers-{}.svg)", self.name());
    }
}

/// Everything, as Markdown.
pub fn text(parts: &[Part]) -> String {
    let mut text = String::from(
        "# Resamplers side by side\n\nWritten by `make bench-resamplers`. One frame of 20 ms, mono, 16 bits in \
         and out, all in turns in one process: the column \"times ours\" holds on a busy machine too. The \
         filter's delay is measured at 1 kHz; \"held back\" is what a line must wait beyond it to have a whole \
         frame every 20 ms. Ripple is over 0.3 to 3.4 kHz. Rejection: what is left of tones above 4.6 kHz when \
         the rate falls, the images and the noise beside a tone of the band when it rises; 16 bits end at about \
         95 dB. The heap is watched for 500 frames.\n\n",
    );
    for condition in conditions() {
        let _ = writeln!(text, "- {condition}");
    }
    for part in parts {
        part.table(&mut text);
    }
    text
}

fn conditions() -> Vec<String> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let load = read("/proc/loadavg");
    vec![
        format!("{}, load {}", model.trim_start_matches([' ', '\t', ':']), first_three(&load)),
        said("rustc", &["--version"]),
        "the processor's common instructions only (SSE2); C libraries as the distribution builds them, with \
         whatever they choose at run time"
            .to_owned(),
        said(
            "dpkg-query",
            &["-W", "-f", "${Package} ${Version}, ", "libsoxr0", "libspeexdsp1", "libswresample4"],
        ),
    ]
}

fn first_three(text: &str) -> String {
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    said.unwrap_or_default().trim_end_matches(',').to_owned()
}
