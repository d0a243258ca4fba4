//! The remote ears, brain and voice against real loopback servers: what is sent, what is made of
//! the answer, and what every fault leads to.
#![allow(
    clippy::unwrap_used,
    clippy::similar_names,
    reason = "a test: what is missing shall fail it"
)]

use crate::support::provider_server;

mod asking;
mod faults;

use asking::{KEY, Kind, LIMITS, ask, listen_options, request, said};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{StreamExt as _, future::join_all};
use provider_server::{Fault, Server, read_request, voice_samples};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::time::timeout;
use treadline::embed::Embedder as _;
use treadline::embed::openai::OpenAiEmbedder;
use treadline::language::Language;
use treadline::llm::fallback::Chain;
use treadline::llm::local::LocalBrain;
use treadline::llm::openai::OpenAiModel;
use treadline::llm::{LanguageModel, ModelChunk, ToolSpec};
use treadline::stt::openai::OpenAiTranscriptions;
use treadline::stt::realtime::OpenAiRealtime;
use treadline::stt::{SpeechToText, Transcript};
use treadline::tts::TextToSpeech;
use treadline::tts::openai::OpenAiSpeech;
use treadline::turn::{Failure, Message};

fn key() -> SecretString {
    SecretString::from(KEY)
}

fn bearer() -> String {
    format!("Bearer {KEY}")
}

#[tokio::test]
async fn the_first_question_finds_the_connection_that_was_made_at_start() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        // Whoever needs a second connection finds nobody.
        drop(listener);
        let hello = read_request(&mut stream).await.unwrap().unwrap();
        let no = "HTTP/1.1 404 No\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nno";
        stream.write_all(no.as_bytes()).await.unwrap();
        let question = read_request(&mut stream).await.unwrap().unwrap();
        let yes = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n\
                   {\"text\": \"hello\"}";
        stream.write_all(yes.as_bytes()).await.unwrap();
        (hello, question)
    });
    let stt = OpenAiTranscriptions::with_budgets(&base, "", &key(), LIMITS).unwrap();
    stt.warm().await.unwrap();
    let mut ears = stt.open(listen_options()).await.unwrap();
    ears.begin();
    ears.push(&said());
    assert_eq!(ears.transcribe().await.unwrap().text, "hello");
    let (hello, question) = server.await.unwrap();
    assert_eq!(hello.header("authorization"), None, "the key is shown to questions only");
    assert_eq!(question.header("authorization"), Some(bearer().as_str()));
}

#[tokio::test]
async fn a_provider_that_is_away_at_start_does_no_harm() {
    let server = Server::start(Fault::ConnectRefused).await;
    let stt = OpenAiTranscriptions::with_budgets(&server.base(), "", &key(), LIMITS).unwrap();
    stt.warm().await.expect("it ends by itself");
}

#[tokio::test]
async fn an_utterance_goes_out_as_a_wav_file_with_model_language_and_hints() {
    let server = Server::start(Fault::Nothing).await;
    let stt =
        OpenAiTranscriptions::with_budgets(&server.base(), "whisper-x", &key(), LIMITS).unwrap();
    let mut ears = stt.open(listen_options()).await.unwrap();
    ears.begin();
    ears.push(&said());
    let heard = ears.transcribe().await.unwrap();
    assert_eq!(heard, Transcript { text: "winter tires".into(), confidence: None });

    let sent = server.only_request();
    assert_eq!(sent.path, "/v1/audio/transcriptions");
    assert_eq!(sent.header("authorization"), Some(bearer().as_str()));
    let parts = form_parts(sent.header("content-type").unwrap(), &sent.body);
    let text = |name: &str| {
        let part = parts.iter().find(|(head, _)| head.contains(&format!("name=\"{name}\"")));
        String::from_utf8(part.unwrap_or_else(|| panic!("no {name}")).1.clone()).unwrap()
    };
    assert_eq!(text("model"), "whisper-x");
    assert_eq!(text("language"), "uk");
    assert_eq!(text("prompt"), "Michelin, 205/55 R16");
    assert_eq!(text("response_format"), "json");
    let (head, wav) = parts.iter().find(|(head, _)| head.contains("name=\"file\"")).unwrap();
    assert!(head.contains("filename=\"utterance.wav\"") && head.contains("audio/wav"), "{head}");
    let mut wav = hound::WavReader::new(std::io::Cursor::new(wav)).unwrap();
    assert_eq!((wav.spec().sample_rate, wav.spec().channels), (16_000, 1));
    assert_eq!(wav.samples().map(Result::unwrap).collect::<Vec<i16>>(), said());
}

/// Heads and contents of a multipart form.
fn form_parts(content_type: &str, body: &[u8]) -> Vec<(String, Vec<u8>)> {
    let boundary = format!("\r\n--{}", content_type.split("boundary=").nth(1).unwrap());
    let whole = [b"\r\n", body].concat();
    let starts: Vec<usize> = whole
        .windows(boundary.len())
        .enumerate()
        .filter(|(_, window)| *window == boundary.as_bytes())
        .map(|(at, _)| at)
        .collect();
    let inside = starts.windows(2).map(|pair| &whole[pair[0] + boundary.len() + 2..pair[1]]);
    let split = inside.map(|part| {
        let end = part.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        (String::from_utf8(part[..end].to_vec()).unwrap(), part[end + 4..].to_vec())
    });
    split.collect()
}

#[tokio::test]
async fn a_line_is_agreed_on_and_gets_the_audio_at_24_khz() {
    let server = Server::start(Fault::Nothing).await;
    let stt = OpenAiRealtime::with_budgets(&server.base(), "gpt-x", &key(), LIMITS);
    let mut ears = stt.open(listen_options()).await.unwrap();
    let mut partials = ears.partials().unwrap();
    ears.begin();
    for frame in said().chunks(320) {
        ears.push(frame);
    }
    let first = ears.transcribe();
    assert_eq!(first.await.unwrap().text, "winter tires");
    // The caller goes on: the second part is joined to the first.
    ears.push(&said()[..3_200]);
    assert_eq!(ears.transcribe().await.unwrap().text, "winter tires winter tires");
    assert_eq!(partials.recv().await.as_deref(), Some("winter"));

    let sent = server.only_request();
    assert_eq!(sent.path, "/v1/realtime?intent=transcription");
    assert_eq!(sent.header("authorization"), Some(bearer().as_str()));
    let session = &sent.messages[0];
    assert_eq!(session["type"], "session.update");
    assert_eq!(
        session["session"],
        json!({ "type": "transcription", "audio": { "input": {
            "format": { "type": "audio/pcm", "rate": 24_000 },
            "transcription": { "model": "gpt-x", "language": "uk", "prompt": "Michelin, 205/55 R16" },
            "turn_detection": null } } })
    );
    let kinds: Vec<&str> = sent.messages.iter().filter_map(|m| m["type"].as_str()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "input_audio_buffer.commit").count(), 2);
    let first_commit = kinds.iter().position(|k| *k == "input_audio_buffer.commit").unwrap();
    let audio: Vec<i16> = sent.messages[..first_commit].iter().flat_map(samples_of).collect();
    // One second in, one second and the same tone out. The filter's run-in is left out: of the
    // 0.98 s between, 440 Hz crosses zero upwards 431 times.
    assert!((23_900..=24_000).contains(&audio.len()), "{} samples", audio.len());
    let tone = &audio[240..23_760];
    let crossings = tone.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
    assert!((430..=432).contains(&crossings), "{crossings} periods");
}

fn samples_of(message: &Value) -> Vec<i16> {
    let bytes = STANDARD.decode(message["audio"].as_str().unwrap_or_default()).unwrap();
    bytes.as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect()
}

#[tokio::test]
async fn a_broken_line_is_made_anew_and_gets_the_whole_utterance_again() {
    let server = Server::start(Fault::CutMidway).await;
    let stt = OpenAiRealtime::with_budgets(&server.base(), "", &key(), LIMITS);
    let mut ears = stt.open(listen_options()).await.unwrap();
    ears.begin();
    ears.push(&said());
    for _ in 0..2 {
        assert_eq!(ears.transcribe().await.unwrap_err().failure, Failure::Unreachable);
    }
    let notes = server.notes.lock().unwrap().clone();
    assert_eq!(notes.len(), 2, "one line a question");
    let given = |line: usize| notes[line].messages.iter().flat_map(samples_of).collect::<Vec<_>>();
    assert_eq!(given(0), given(1));
    assert!(given(1).len() > 23_000);
}

#[tokio::test]
async fn a_conversation_goes_out_with_each_result_beside_its_call_and_comes_back_in_pieces() {
    let server = Server::start(Fault::Nothing).await;
    let brain = OpenAiModel::with_budgets(&server.base(), "gpt-x", &key(), LIMITS).unwrap();
    let mut question = request();
    question.history.push(Message::Tool {
        name: "search_tires".into(),
        args: json!({ "width": 205 }),
        result: json!({ "items": [] }),
    });
    question.history.push(Message::Agent { text: "None, sorry.".into() });
    let parameters = json!({ "type": "object" });
    question.tools = vec![ToolSpec { name: "search_tires", description: "Finds.", parameters }];
    let answer: Vec<ModelChunk> =
        brain.answer(question).await.unwrap().map(Result::unwrap).collect().await;
    let call = ModelChunk::ToolCall { name: "search_tires".into(), args: json!({ "width": 205 }) };
    assert_eq!(answer, [ModelChunk::Text("One ".into()), ModelChunk::Text("moment.".into()), call]);

    let sent = server.only_request();
    assert_eq!(sent.path, "/v1/chat/completions");
    assert_eq!(sent.header("authorization"), Some(bearer().as_str()));
    let body = sent.json();
    assert_eq!((&body["model"], &body["stream"]), (&json!("gpt-x"), &json!(true)));
    assert_eq!(
        body["tools"],
        json!([{ "type": "function", "function": {
            "name": "search_tires", "description": "Finds.", "parameters": { "type": "object" } } }])
    );
    assert_eq!(
        body["messages"],
        json!([
            { "role": "system", "content": "You answer a phone." },
            { "role": "user", "content": "Hello" },
            { "role": "assistant", "tool_calls": [{ "id": "call_1",
                "type": "function",
                "function": { "name": "search_tires", "arguments": "{\"width\":205}" } }] },
            { "role": "tool", "tool_call_id": "call_1", "content": "{\"items\":[]}" },
            { "role": "assistant", "content": "None, sorry." },
            { "role": "system", "content": "Now it is Sunday, 2026-11-22, 10:00 at the shop." },
        ])
    );
}

#[tokio::test]
async fn without_tools_the_request_names_none() {
    let server = Server::start(Fault::Nothing).await;
    let brain = OpenAiModel::with_budgets(&server.base(), "", &key(), LIMITS).unwrap();
    let pieces = brain.answer(request()).await.unwrap().count().await;
    assert_eq!(pieces, 3);
    assert_eq!(server.only_request().json().get("tools"), None);
}

#[tokio::test]
async fn a_sentence_comes_back_as_the_samples_that_were_sent() {
    let server = Server::start(Fault::Nothing).await;
    let voice =
        OpenAiSpeech::with_budgets(&server.base(), "tts-x", "coral", &key(), LIMITS).unwrap();
    let voiced = voice.speak("Two tires.", Language::En).await.unwrap();
    assert_eq!(voiced.rate, 24_000);
    let pieces: Vec<Vec<i16>> = voiced.audio.map(Result::unwrap).collect().await;
    assert!(pieces.len() > 5, "it is played while it arrives");
    assert_eq!(pieces.concat(), voice_samples());

    let sent = server.only_request();
    assert_eq!(sent.path, "/v1/audio/speech");
    assert_eq!(sent.header("authorization"), Some(bearer().as_str()));
    assert_eq!(
        sent.json(),
        json!({ "model": "tts-x", "voice": "coral", "input": "Two tires.",
            "response_format": "pcm" })
    );
}

#[tokio::test]
async fn texts_go_out_in_one_batch_and_their_vectors_come_back_in_order() {
    for fault in [Fault::Nothing, Fault::UnknownAndOutOfOrder] {
        let server = Server::start(fault).await;
        let embedder = OpenAiEmbedder::new(&server.base(), "bge-m3", &key(), LIMITS).unwrap();
        assert_eq!(embedder.model(), "bge-m3");
        assert_eq!(asking::embed(&embedder).await.unwrap(), "[0.5,-0.25 [0.125,1");
        let sent = server.only_request();
        assert_eq!(sent.path, "/v1/embeddings");
        assert_eq!(sent.header("authorization"), Some(bearer().as_str()));
        assert_eq!(
            sent.json(),
            json!({ "model": "bge-m3", "input": ["winter tyres", "summer tyres"],
                "encoding_format": "float" })
        );
    }
}

#[tokio::test]
async fn a_batch_that_is_too_large_is_not_sent_and_an_empty_one_needs_nobody() {
    let server = Server::start(Fault::Nothing).await;
    let embedder = OpenAiEmbedder::new(&server.base(), "", &key(), LIMITS).unwrap();
    assert_eq!(embedder.embed(&[]).await.unwrap(), []);
    let many = vec!["text".to_owned(); treadline::embed::BATCH_MAX + 1];
    assert_eq!(embedder.embed(&many).await.unwrap_err().failure, Failure::Refused);
    assert_eq!(server.notes.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn too_many_requests_send_all_calls_to_the_next_brain_at_once() {
    let server = Server::start(Fault::Status(429, Some("30"))).await;
    let remote = OpenAiModel::with_budgets(&server.base(), "", &key(), LIMITS).unwrap();
    let local = Arc::new(LocalBrain::default());
    let chain = Chain::new(vec![Arc::new(remote), local]);
    assert!(chain.answer(request()).await.unwrap().count().await > 0);
    let calls = join_all((0..20).map(|_| chain.answer(request()))).await;
    for answer in calls {
        assert!(answer.unwrap().all(|piece| async move { piece.is_ok() }).await);
    }
    server.only_request();
}

#[tokio::test]
async fn too_many_requests_leave_the_recogniser_alone_for_all_calls() {
    for kind in [Kind::SttUtterance, Kind::SttRealtime] {
        let server = Server::start(Fault::Status(429, None)).await;
        let shared = asking::provider(kind, &server.base(), LIMITS);
        assert_eq!(shared.ask().await.unwrap_err().0, Failure::Refused, "{kind:?}");
        for answer in join_all((0..10).map(|_| shared.ask())).await {
            assert_eq!(answer.unwrap_err().0, Failure::Unreachable, "{kind:?}");
        }
        server.only_request();
    }
}

#[tokio::test]
async fn an_answer_that_breaks_in_the_middle_counts_against_the_provider() {
    let server = Server::start(Fault::CutMidway).await;
    let remote = OpenAiModel::with_budgets(&server.base(), "", &key(), LIMITS).unwrap();
    for _ in 0..3 {
        assert!(remote.breaker().unwrap().allows());
        let last =
            remote.answer(request()).await.unwrap().map(|piece| piece.is_ok()).collect::<Vec<_>>();
        assert_eq!(last.await.last(), Some(&false));
    }
    assert!(!remote.breaker().unwrap().allows(), "three in a row");
}

#[tokio::test]
async fn a_refusal_of_one_question_does_not_shut_the_others_out() {
    let server = Server::start(Fault::Status(400, None)).await;
    let remote = OpenAiModel::with_budgets(&server.base(), "", &key(), LIMITS).unwrap();
    for _ in 0..5 {
        assert!(remote.answer(request()).await.is_err());
    }
    assert!(remote.breaker().unwrap().allows());
}

#[tokio::test]
async fn whoever_stops_waiting_closes_the_connection_at_once() {
    for kind in Kind::ALL {
        for fault in [Fault::NeverAnswers, Fault::FirstByteNever, Fault::StallsMidStream] {
            let server = Server::start(fault).await;
            // Budgets that end nothing while the test runs.
            let patient = treadline::provider::Budgets::from_ms(60_000, 60_000, 60_000, 60_000);
            let base = server.base();
            let asking = tokio::spawn(async move { ask(kind, &base, patient).await });
            server.wait_for_connections(1).await;
            asking.abort();
            let closed = timeout(Duration::from_secs(1), server.wait_for_connections(0)).await;
            assert!(closed.is_ok(), "{kind:?}, {fault:?}: the connection stays open");
        }
    }
}
