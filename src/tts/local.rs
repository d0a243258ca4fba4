//! The local voice: espeak-ng as a subprocess (its licence, GPL, stays on its side of the pipe).
//!
//! Text goes in by standard input, a WAV comes out and is passed on as it arrives. Dropping the
//! speech kills the process.

use crate::language::Language;
use crate::tts::{TextToSpeech, TtsError, Voiced, attempt, metered};
use crate::turn::Failure;
use async_trait::async_trait;
use futures_util::stream::{self, StreamExt};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

const NAME: &str = "local";

/// Processes at the same time, for all calls. One lives for some 50 ms a sentence.
const PROCESSES_MAX: usize = 8;
/// The longest wait for the first sound (a free place and the start of the process included), and
/// then for each next piece.
const SOUND_WAIT: Duration = Duration::from_secs(3);
/// The longest text, characters: five minutes of speech, far more than a sentence.
const TEXT_CHARS_MAX: usize = 4_000;
/// Bytes read at once: 93 ms of sound.
const READ_BYTES: usize = 4_096;
/// Rate of the silence that stands for an empty text, Hz.
const RATE_EMPTY: u32 = 22_050;
/// Words a minute. The default of 175 is too fast for a robot on a telephone.
const WORDS_PER_MINUTE: &str = "170";
/// 0 to 99; a little under the default of 50 sounds less strained.
const PITCH: &str = "42";

/// The local voice.
pub struct LocalTts {
    program: PathBuf,
    english: String,
    places: Arc<Semaphore>,
}

impl LocalTts {
    /// A voice; `voice` is espeak-ng's name of an English one, empty for `en-us`. Nothing runs yet.
    ///
    /// # Errors
    /// When the name cannot be one of a voice.
    pub fn new(voice: &str) -> Result<Self, TtsError> {
        Self::with_program("espeak-ng", voice)
    }

    /// The same, with another program that speaks espeak-ng's options.
    ///
    /// # Errors
    /// When the name cannot be one of a voice.
    pub fn with_program(program: impl Into<PathBuf>, voice: &str) -> Result<Self, TtsError> {
        let english = if voice.is_empty() { "en-us" } else { voice };
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '_');
        if english.starts_with('-') || !english.chars().all(fits) {
            let detail = "tts.voice is no name of a voice; try en-us or en-gb".into();
            return Err(broken(Failure::Refused, detail));
        }
        let places = Arc::new(Semaphore::new(PROCESSES_MAX));
        Ok(Self { program: program.into(), english: english.to_owned(), places })
    }

    fn start(&self, language: Language) -> Result<Child, TtsError> {
        let voice = match language {
            Language::En => self.english.as_str(),
            Language::Uk => "uk",
            Language::Ru => "ru",
        };
        Command::new(&self.program)
            .args(["--stdin", "--stdout", "-b", "1", "-s", WORDS_PER_MINUTE, "-p", PITCH])
            .args(["-v", voice])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                let program = self.program.display();
                let detail = if error.kind() == std::io::ErrorKind::NotFound {
                    format!("{program} is not installed; run `make setup`, or install the package espeak-ng")
                } else {
                    format!("{program} does not start: {error}")
                };
                broken(Failure::Unreachable, detail)
            })
    }

    async fn begin(&self, text: &str, language: Language) -> Result<Speech, TtsError> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|_| broken(Failure::Unreachable, "closed".into()))?;
        let mut child = self.start(language)?;
        let (Some(mut input), Some(mut output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(broken(Failure::Nonsense, "espeak-ng has no pipes".into()));
        };
        let text: String = text.chars().filter(|&c| c != '\0').take(TEXT_CHARS_MAX).collect();
        // Written beside the reading: a long text must not wait for a full pipe of sound. If the
        // program went away the read below says so.
        tokio::spawn(async move { input.write_all(text.as_bytes()).await });
        let rate = read_header(&mut output).await?;
        Ok(Speech { rate, output, child, odd: None, spoke: false, _place: place })
    }
}

#[async_trait]
impl TextToSpeech for LocalTts {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn speak(&self, text: &str, language: Language) -> Result<Voiced, TtsError> {
        if !text.chars().any(char::is_alphanumeric) {
            return Ok(Voiced { rate: RATE_EMPTY, audio: stream::empty().boxed() });
        }
        let attempt = attempt(NAME, "espeak-ng", text);
        let begun = timeout(SOUND_WAIT, self.begin(text, language)).await;
        let speech = match begun.unwrap_or_else(|_| Err(late())) {
            Ok(speech) => speech,
            Err(error) => {
                attempt.failed(error.failure);
                return Err(error);
            }
        };
        let rate = speech.rate;
        let audio = stream::unfold(Some(speech), |speech| async move {
            let mut speech = speech?;
            match speech.next_piece().await {
                Ok(Some(samples)) => Some((Ok(samples), Some(speech))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        });
        Ok(metered(attempt, Voiced { rate, audio: audio.boxed() }))
    }
}

/// A sentence being spoken; dropping it kills the process and frees its place.
struct Speech {
    rate: u32,
    output: ChildStdout,
    child: Child,
    /// First half of a sample whose second half has not come yet.
    odd: Option<u8>,
    spoke: bool,
    _place: OwnedSemaphorePermit,
}

impl Speech {
    async fn next_piece(&mut self) -> Result<Option<Vec<i16>>, TtsError> {
        let mut bytes = [0_u8; READ_BYTES];
        loop {
            let read = timeout(SOUND_WAIT, self.output.read(&mut bytes)).await;
            let count = read.map_err(|_| late())?.map_err(|error| cut_off(&error))?;
            if count == 0 {
                return self.finish().await.map(|()| None);
            }
            let samples = join_samples(&mut self.odd, &bytes[..count]);
            if !samples.is_empty() {
                self.spoke = true;
                return Ok(Some(samples));
            }
        }
    }

    async fn finish(&mut self) -> Result<(), TtsError> {
        let status = timeout(SOUND_WAIT, self.child.wait()).await.map_err(|_| late())?;
        let status = status.map_err(|error| cut_off(&error))?;
        if status.success() && self.spoke {
            return Ok(());
        }
        Err(broken(Failure::Nonsense, format!("espeak-ng ended without speech ({status})")))
    }
}

/// Little-endian bytes as samples; an odd byte waits in `odd` for its other half.
fn join_samples(odd: &mut Option<u8>, bytes: &[u8]) -> Vec<i16> {
    let mut samples = Vec::with_capacity(bytes.len() / 2 + 1);
    for &byte in bytes {
        match odd.take() {
            Some(low) => samples.push(i16::from_le_bytes([low, byte])),
            None => *odd = Some(byte),
        }
    }
    samples
}

/// Reads a WAV up to its first sample; the rate, Hz. The lengths in it are not looked at: a program
/// that writes into a pipe cannot know them.
async fn read_header(input: &mut (impl AsyncRead + Unpin)) -> Result<u32, TtsError> {
    let mut riff = [0_u8; 12];
    input.read_exact(&mut riff).await.map_err(|error| cut_off(&error))?;
    if &riff[..4] != b"RIFF" || &riff[8..] != b"WAVE" {
        return Err(no_wav("no RIFF at its start"));
    }
    let mut rate = None;
    for _ in 0..8 {
        let mut head = [0_u8; 8];
        input.read_exact(&mut head).await.map_err(|error| cut_off(&error))?;
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        if &head[..4] == b"data" {
            return rate.ok_or_else(|| no_wav("no format before its data"));
        }
        // A chunk that is not sound is small.
        if length > 4_096 {
            return Err(no_wav("a chunk that is too long"));
        }
        let mut body = vec![0_u8; length + length % 2];
        input.read_exact(&mut body).await.map_err(|error| cut_off(&error))?;
        if &head[..4] == b"fmt " {
            rate = Some(format_rate(&body)?);
        }
    }
    Err(no_wav("no data"))
}

fn format_rate(body: &[u8]) -> Result<u32, TtsError> {
    let [1, 0, 1, 0, r0, r1, r2, r3, _, _, _, _, _, _, 16, 0, ..] = *body else {
        return Err(no_wav("not mono 16-bit PCM"));
    };
    match u32::from_le_bytes([r0, r1, r2, r3]) {
        rate @ 8_000..=192_000 => Ok(rate),
        _ => Err(no_wav("a sample rate that is none")),
    }
}

fn broken(failure: Failure, detail: String) -> TtsError {
    TtsError { provider: NAME, failure, detail }
}

fn late() -> TtsError {
    broken(Failure::Timeout, format!("no sound from espeak-ng in {} s", SOUND_WAIT.as_secs()))
}

fn cut_off(error: &std::io::Error) -> TtsError {
    broken(Failure::Nonsense, format!("espeak-ng broke off: {error}"))
}

fn no_wav(why: &str) -> TtsError {
    broken(Failure::Nonsense, format!("espeak-ng sent no WAV that we know: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(channels: u8, rate: u32) -> Vec<u8> {
        let mut bytes = b"RIFF\xff\xff\xff\x7fWAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0\x01\0".to_vec();
        bytes.extend([channels, 0]);
        bytes.extend(rate.to_le_bytes());
        bytes.extend((rate * 2).to_le_bytes());
        bytes.extend(b"\x02\0\x10\0data\xff\xff\xff\x7f\x01\0");
        bytes
    }

    #[tokio::test]
    async fn the_header_is_read_to_the_first_sample() {
        let bytes = wav(1, 22_050);
        let mut input = bytes.as_slice();
        assert_eq!(read_header(&mut input).await.unwrap(), 22_050);
        assert_eq!(input, [1, 0]);
    }

    #[tokio::test]
    async fn what_is_not_a_mono_wav_is_refused() {
        let stereo = wav(2, 22_050);
        let slow = wav(1, 10);
        let cut = wav(1, 22_050)[..30].to_vec();
        for bytes in [stereo, slow, cut, b"ID3 this is no wav file".to_vec(), Vec::new()] {
            let error = read_header(&mut bytes.as_slice()).await.unwrap_err();
            assert_eq!(error.failure, Failure::Nonsense, "{error}");
        }
    }

    #[test]
    fn a_sample_cut_in_two_is_joined() {
        let mut odd = None;
        assert_eq!(join_samples(&mut odd, &[1, 0, 2]), [1]);
        assert_eq!(join_samples(&mut odd, &[0, 255]), [2]);
        assert_eq!(join_samples(&mut odd, &[255]), [-1]);
        assert_eq!(odd, None);
    }

    #[tokio::test]
    async fn a_missing_program_is_named_with_its_package() {
        let voice = LocalTts::with_program("/nowhere/espeak-ng", "").unwrap();
        let error = voice.speak("Hello.", Language::En).await.err().unwrap();
        assert_eq!(error.failure, Failure::Unreachable);
        assert!(error.detail.contains("make setup"), "{error}");
        assert!(error.detail.contains("package espeak-ng"), "{error}");
    }

    #[tokio::test]
    async fn a_program_that_says_nothing_is_an_error() {
        let voice = LocalTts::with_program("/bin/true", "").unwrap();
        let error = voice.speak("Hello.", Language::En).await.err().unwrap();
        assert_eq!(error.failure, Failure::Nonsense, "{error}");
    }

    #[tokio::test]
    async fn nothing_to_say_is_silence_without_a_process() {
        let voice = LocalTts::with_program("/nowhere/espeak-ng", "").unwrap();
        for text in ["", "  \n", "…!"] {
            let mut voiced = voice.speak(text, Language::Uk).await.unwrap();
            assert!(voiced.audio.next().await.is_none());
        }
    }

    #[test]
    fn a_voice_that_could_be_an_option_is_refused() {
        for voice in ["-w/etc/passwd", "en us", "../x"] {
            assert!(LocalTts::new(voice).is_err(), "{voice}");
        }
        assert!(LocalTts::new("en-gb+f3").is_ok());
    }
}
