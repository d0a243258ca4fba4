//! Whisper itself.

use super::said::{audible, invented, words_only};
use crate::stt::utterance::Utterance;
use crate::stt::{LISTEN_RATE, Transcript};
use std::path::Path;
use std::sync::Arc;
use whisper_rs::{
    FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperState,
};

/// Encoder positions a second of audio (1500 for 30 s).
const POSITIONS_PER_S: f32 = 50.0;
/// With fewer positions Whisper begins to repeat itself.
const POSITIONS_MIN: i32 = 512;
/// The whole window.
const POSITIONS_MAX: i32 = 1_500;
/// Silence after the last word: without it the last syllable is often lost.
const TAIL_SAMPLES: usize = LISTEN_RATE as usize * 3 / 10;
/// Shorter audio is filled up with silence: Whisper makes nothing of less than a second.
const SAMPLES_MIN: usize = LISTEN_RATE as usize * 11 / 10;
/// What the talk is about: it makes Whisper write sizes as figures and spell brands.
const TOPIC: &str = " A call to a tire shop. Winter tires, summer tires, all season tires, \
                     size 205/55 R16, 195/65 R15, 225/45 R17. Book a tire fitting.";
/// Below this Whisper goes on with its topic rather than with what was said (noise of a street: 0.31);
/// real words on a telephone line come with 0.4 and more.
const CONFIDENCE_MIN: f32 = 0.35;
/// The prompt's share of the decoder's 448 positions.
const PROMPT_TOKENS_MAX: usize = 96;

/// The model, shared by all workers.
pub struct Engine {
    context: Arc<WhisperContext>,
}

/// One worker's state.
pub struct Ears {
    context: Arc<WhisperContext>,
    state: WhisperState,
}

impl Engine {
    /// Reads the model from a file of whisper.cpp's format.
    pub fn load(path: &Path) -> Result<Self, String> {
        // Its lines would go to standard error past our own log.
        whisper_rs::install_logging_hooks();
        if !path.is_file() {
            return Err(format!(
                "no speech model at {}; run `make setup`, or set stt.model_path",
                path.display()
            ));
        }
        let context = WhisperContext::new_with_params(path, WhisperContextParameters::default())
            .map_err(|error| {
                format!(
                    "{} is not a Whisper model ({error}); run `make setup`, or set stt.model_path",
                    path.display()
                )
            })?;
        Ok(Self { context: Arc::new(context) })
    }

    /// What one worker needs (about 60 MB).
    pub fn ears(&self) -> Result<Ears, String> {
        let state = self.context.create_state().map_err(|error| format!("whisper: {error}"))?;
        Ok(Ears { context: Arc::clone(&self.context), state })
    }
}

impl Ears {
    /// Recognises; blocks for about 0.15 s a second of audio.
    pub fn hear(&mut self, utterance: &Utterance) -> Result<Transcript, String> {
        if !audible(&utterance.audio) {
            return Ok(Transcript::default());
        }
        let mut audio: Vec<f32> =
            utterance.audio.iter().map(|&sample| f32::from(sample) / 32_768.0).collect();
        audio.resize((audio.len() + TAIL_SAMPLES).max(SAMPLES_MIN), 0.0);
        let prompt = self.prompt(&utterance.options.hints);
        let params = params(audio.len(), &prompt);
        self.state.full(params, &audio).map_err(|error| format!("whisper: {error}"))?;
        self.read()
    }

    /// The hints, as many whole ones as there is room for, and then the topic. The order matters:
    /// what stands last is what Whisper goes on with, and after the middle of a list of sizes it
    /// hears the next size in whatever is said.
    fn prompt(&self, hints: &[String]) -> Vec<i32> {
        let topic = self.tokens(TOPIC);
        let mut prompt = Vec::with_capacity(PROMPT_TOKENS_MAX);
        for hint in hints {
            let next = self.tokens(&format!(" {hint}."));
            if prompt.len() + next.len() + topic.len() > PROMPT_TOKENS_MAX {
                break;
            }
            prompt.extend(next);
        }
        prompt.extend(topic);
        prompt
    }

    /// The library's tokeniser refuses a NUL.
    fn tokens(&self, text: &str) -> Vec<i32> {
        let text = text.replace('\0', " ");
        self.context.tokenize(&text, text.len()).unwrap_or_default()
    }

    fn read(&self) -> Result<Transcript, String> {
        let end_of_text = self.context.token_eot();
        let mut said: Vec<String> = Vec::new();
        let (mut logs, mut count) = (0.0_f32, 0_u16);
        for segment in self.state.as_iter() {
            let (mut segment_logs, mut segment_count) = (0.0_f32, 0_u16);
            for index in 0..segment.n_tokens() {
                let Some(token) = segment.get_token(index) else { continue };
                if token.token_id() < end_of_text {
                    segment_logs += token.token_probability().max(1e-4).ln();
                    segment_count += 1;
                }
            }
            let text = segment.to_str_lossy().map_err(|error| format!("whisper: {error}"))?;
            let text = words_only(&text);
            let sure = (segment_logs / f32::from(segment_count.max(1))).exp();
            if text.is_empty() || invented(&text, segment.no_speech_probability(), sure) {
                continue;
            }
            said.push(text);
            logs += segment_logs;
            count += segment_count;
        }
        let confidence = (count > 0).then(|| (logs / f32::from(count)).exp());
        if confidence.is_some_and(|sure| sure < CONFIDENCE_MIN) {
            return Ok(Transcript::default());
        }
        Ok(Transcript { text: said.join(" "), confidence })
    }
}

/// Settings found by trial on telephone speech: one thread (more spin against each other on a busy
/// machine), timestamps on (without them it repeats itself), one segment, no second tries.
fn params(samples: usize, prompt: &[i32]) -> FullParams<'_, '_> {
    let seconds = samples as f32 / LISTEN_RATE as f32;
    let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
    params.set_n_threads(1);
    params.set_audio_ctx(positions(seconds));
    params.set_max_tokens(6 * seconds.ceil() as i32 + 12);
    params.set_single_segment(true);
    params.set_no_context(true);
    params.set_temperature_inc(0.0);
    params.set_suppress_nst(true);
    params.set_tokens(prompt);
    params.set_print_special(false);
    params.set_print_progress(false);
    params.set_print_realtime(false);
    params.set_print_timestamps(false);
    params
}

/// Encoder positions for so much audio, with room after its end.
fn positions(seconds: f32) -> i32 {
    let wanted = (seconds * POSITIONS_PER_S).ceil() as i32 + 64;
    wanted.clamp(POSITIONS_MIN, POSITIONS_MAX)
}
