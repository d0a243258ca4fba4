//! WAV files in and out.

use crate::audio::resample::Resampler;
use anyhow::{Context as _, bail, ensure};
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};
use std::io::{Cursor, Read};
use std::path::Path;

/// Longer files are a mistake.
const SECONDS_MAX: u32 = 600;

/// Reads a file as mono 16-bit samples at `rate` samples a second. Takes whole-number samples of 8
/// to 32 bits and 32-bit floats, any number of channels (mixed) and 8,000 to 192,000 samples a
/// second.
///
/// # Errors
/// What is wrong with the file, with its name.
pub fn read(path: &Path, rate: u32) -> anyhow::Result<Vec<i16>> {
    read_inner(path, rate).with_context(|| format!("cannot say {}", path.display()))
}

/// The same from memory; `name` stands for the file in errors.
///
/// # Errors
/// What is wrong with the recording.
pub fn decode(bytes: &[u8], name: &str, rate: u32) -> anyhow::Result<Vec<i16>> {
    let reader = WavReader::new(Cursor::new(bytes)).map_err(explain);
    reader.and_then(|reader| samples(reader, rate)).with_context(|| format!("cannot say {name}"))
}

fn read_inner(path: &Path, rate: u32) -> anyhow::Result<Vec<i16>> {
    samples(WavReader::open(path).map_err(explain)?, rate)
}

fn explain(error: hound::Error) -> anyhow::Error {
    match error {
        hound::Error::IoError(error) if error.kind() == std::io::ErrorKind::NotFound => {
            anyhow::anyhow!("there is no such file")
        }
        hound::Error::Unsupported => anyhow::anyhow!(
            "this kind of WAV is not supported; convert it to 16-bit linear samples"
        ),
        error => anyhow::anyhow!("this is not a WAV file that can be read: {error}"),
    }
}

fn samples<R: Read>(mut reader: WavReader<R>, rate: u32) -> anyhow::Result<Vec<i16>> {
    let spec = reader.spec();
    ensure!(
        (8_000..=192_000).contains(&spec.sample_rate),
        "{} samples a second; 8000 to 192000 are possible",
        spec.sample_rate
    );
    ensure!(spec.channels > 0, "it has no channel");
    let seconds = reader.duration() / spec.sample_rate;
    ensure!(seconds <= SECONDS_MAX, "it lasts {seconds} s; at most {SECONDS_MAX} s are possible");
    let samples: Vec<f32> = match (spec.sample_format, spec.bits_per_sample) {
        (SampleFormat::Float, 32) => reader.samples::<f32>().collect::<Result<_, _>>(),
        (SampleFormat::Int, bits @ 8..=32) => {
            let full = (1i64 << (bits - 1)) as f32;
            let samples = reader.samples::<i32>();
            samples.map(|sample| sample.map(|sample| sample as f32 / full)).collect()
        }
        (_, bits) => bail!("samples of {bits} bits are not supported; convert it to 16 bits"),
    }
    .context("the file is damaged")?;
    ensure!(!samples.is_empty(), "it holds no sound");
    let channels = usize::from(spec.channels);
    let mono: Vec<i16> = samples
        .chunks_exact(channels)
        .map(|frame| {
            let mean = frame.iter().sum::<f32>() / channels as f32;
            (mean * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16
        })
        .collect();
    let mut out = Vec::new();
    let mut resampler = Resampler::new(spec.sample_rate, rate);
    resampler.process(&mono, &mut out);
    resampler.flush(&mut out);
    Ok(out)
}

/// Writes mono 16-bit samples.
///
/// # Errors
/// The file cannot be written.
pub fn write(path: &Path, rate: u32, samples: &[i16]) -> anyhow::Result<()> {
    let spec = WavSpec {
        channels: 1,
        sample_rate: rate,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let context = || format!("cannot write {}", path.display());
    let mut writer = WavWriter::create(path, spec).with_context(context)?;
    for sample in samples {
        writer.write_sample(*sample).with_context(context)?;
    }
    writer.finalize().with_context(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("treadline-wav-{}-{name}", std::process::id()))
    }

    #[test]
    fn a_stereo_float_file_at_another_rate_is_converted() {
        let path = file("stereo.wav");
        let spec = WavSpec {
            channels: 2,
            sample_rate: 16_000,
            bits_per_sample: 32,
            sample_format: SampleFormat::Float,
        };
        let mut writer = WavWriter::create(&path, spec).unwrap();
        for n in 0..16_000 {
            let tone = (n as f32 * 440.0 * std::f32::consts::TAU / 16_000.0).sin() * 0.5;
            writer.write_sample(tone).unwrap();
            writer.write_sample(tone).unwrap();
        }
        writer.finalize().unwrap();
        let samples = read(&path, 8_000).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!((8_000..8_200).contains(&samples.len()), "{}", samples.len());
        let loud = crate::caller::hearing::rms(&samples[1000..7000]);
        assert!((loud - 11_585.0).abs() < 300.0, "{loud}");
    }

    #[test]
    fn what_is_written_is_read_back() {
        let path = file("same.wav");
        let samples: Vec<i16> = (0..800).map(|n| (n * 37 % 2000 - 1000) as i16).collect();
        write(&path, 8_000, &samples).unwrap();
        let back = read(&path, 8_000).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(back, samples);
    }

    #[test]
    fn a_file_of_the_wrong_kind_is_named_in_the_error() {
        let path = file("wrong.wav");
        std::fs::write(&path, b"ID3 this is music").unwrap();
        let error = format!("{:#}", read(&path, 8_000).unwrap_err());
        std::fs::remove_file(&path).unwrap();
        assert!(error.contains("wrong.wav") && error.contains("not a WAV"), "{error}");
        let missing = format!("{:#}", read(&path, 8_000).unwrap_err());
        assert!(missing.contains("no such file"), "{missing}");
    }
}
