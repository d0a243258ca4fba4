//! The signalling of a telephone: its socket, and its calls as dialogs (RFC 3261).

use super::rtp::Media;
use super::sdp::{self, Codec};
use super::sip::{Message, via};
use super::{Call, Manner, Phase};
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, watch};
use tokio::time::interval;

/// Unanswered messages are said again this often.
const AGAIN: Duration = Duration::from_millis(500);
/// And at most so often: then there is nobody.
const TRIES_MAX: u32 = 60;

pub(super) enum Command {
    Dial {
        id: String,
        from: String,
        extension: String,
        media: Arc<Media>,
        phase: watch::Sender<Phase>,
    },
    HangUp(String),
}

/// A call's signalling.
struct Dialog {
    /// From or To with our tag, and the other side's.
    ours: String,
    theirs: String,
    /// Where the other side takes further requests.
    target: String,
    cseq: u32,
    /// The INVITE, ours or theirs: what CANCEL, ACK and late answers need.
    invite: Message,
    calls: bool,
    tag: String,
    media: Arc<Media>,
    phase: watch::Sender<Phase>,
    /// Sent and not answered yet.
    waiting: Option<(Vec<u8>, u32)>,
    /// Our last answer to their INVITE, for its repetition.
    answer: Option<Vec<u8>>,
}

/// The socket and all calls of a telephone.
pub(super) struct Line {
    socket: UdpSocket,
    port: u16,
    asterisk: SocketAddr,
    codec: Codec,
    manner: Arc<Mutex<Manner>>,
    commands: mpsc::UnboundedSender<Command>,
    rings: mpsc::UnboundedSender<Call>,
    dialogs: HashMap<String, Dialog>,
}

impl Line {
    pub(super) async fn open(
        port: u16,
        asterisk: u16,
        codec: Codec,
        manner: Arc<Mutex<Manner>>,
        commands: mpsc::UnboundedSender<Command>,
        rings: mpsc::UnboundedSender<Call>,
    ) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).await.expect("a port for SIP");
        let port = socket.local_addr().expect("an address").port();
        let asterisk = (Ipv4Addr::LOCALHOST, asterisk).into();
        Self { socket, port, asterisk, codec, manner, commands, rings, dialogs: HashMap::new() }
    }

    pub(super) async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Command>) {
        let mut buffer = vec![0; 65_536];
        let mut again = interval(AGAIN);
        loop {
            tokio::select! {
                got = self.socket.recv_from(&mut buffer) => {
                    // An Asterisk that is gone for a moment is for the test to notice.
                    let Ok((length, _)) = got else { continue };
                    let Some(message) = Message::parse(&buffer[..length]) else { continue };
                    if message.status().is_some() {
                        self.answered(&message).await;
                    } else {
                        self.asked(&message).await;
                    }
                }
                order = orders.recv() => match order {
                    Some(Command::Dial { id, from, extension, media, phase }) => {
                        self.dial(id, &from, &extension, media, phase).await;
                    }
                    Some(Command::HangUp(id)) => self.hang_up(&id).await,
                    None => return,
                },
                _ = again.tick() => self.say_again().await,
            }
        }
    }

    async fn send(&self, bytes: &[u8]) {
        let _ = self.socket.send_to(bytes, self.asterisk).await;
    }

    async fn say_again(&mut self) {
        let mut due = Vec::new();
        for dialog in self.dialogs.values_mut() {
            if let Some((bytes, tries)) = &mut dialog.waiting {
                *tries += 1;
                // The first tick may come right after the message itself.
                if *tries > 1 {
                    due.push(bytes.clone());
                }
            }
            dialog.waiting.take_if(|(_, tries)| *tries > TRIES_MAX);
        }
        for bytes in due {
            self.send(&bytes).await;
        }
    }

    async fn dial(
        &mut self,
        id: String,
        from: &str,
        extension: &str,
        media: Arc<Media>,
        phase: watch::Sender<Phase>,
    ) {
        let target = format!("sip:{extension}@{}", self.asterisk);
        let tag = uuid::Uuid::new_v4().simple().to_string();
        let (ours, theirs) = (format!("{from};tag={tag}"), format!("<{target}>"));
        let mut invite = Message::request("INVITE", &target);
        invite.add("Via", via(self.port));
        invite.add("Max-Forwards", "70");
        invite.add("From", &ours);
        invite.add("To", &theirs);
        invite.add("Call-ID", &id);
        invite.add("CSeq", "1 INVITE");
        invite.add("Contact", format!("<sip:telephone@127.0.0.1:{}>", self.port));
        invite.add("Content-Type", "application/sdp");
        invite.body = sdp::describe(self.codec, media.port, None);
        let bytes = invite.bytes();
        self.send(&bytes).await;
        let dialog = Dialog {
            ours,
            theirs,
            target,
            cseq: 1,
            invite,
            calls: true,
            tag,
            media,
            phase,
            waiting: Some((bytes, 0)),
            answer: None,
        };
        self.dialogs.insert(id, dialog);
    }

    /// A response to a request of ours.
    async fn answered(&mut self, response: &Message) {
        let port = self.port;
        let Some(dialog) = self.dialogs.get_mut(response.call_id()) else { return };
        let (Some(status), Some((_, method))) = (response.status(), response.cseq()) else {
            return;
        };
        // A CANCEL's answer says nothing about the INVITE, which is still open.
        if method != "CANCEL" || status >= 200 {
            dialog.waiting = None;
        }
        if method != "INVITE" {
            return;
        }
        if status < 200 {
            if status > 100 && *dialog.phase.borrow() == Phase::Calling {
                dialog.turns(Phase::Ringing);
            }
            return;
        }
        if let Some(to) = response.header("To") {
            to.clone_into(&mut dialog.theirs);
        }
        if status < 300 {
            if let Some(contact) = response.contact() {
                dialog.target = contact;
            }
            if let Some(agreed) = sdp::understand(&response.body, dialog.media.codec()) {
                dialog.media.agree(agreed);
            }
        }
        let ack = dialog.request("ACK", port, status < 300);
        let phase = *dialog.phase.borrow();
        if !phase.over() {
            dialog.turns(if status < 300 { Phase::Up } else { Phase::Refused(status) });
        }
        // Answered in the very moment in which we gave up.
        let bye =
            (status < 300 && phase == Phase::WeEnded).then(|| dialog.request("BYE", port, true));
        self.send(&ack.bytes()).await;
        if let Some(bye) = bye {
            self.send(&bye.bytes()).await;
        }
    }

    async fn hang_up(&mut self, id: &str) {
        let port = self.port;
        let Some(dialog) = self.dialogs.get_mut(id) else { return };
        let phase = *dialog.phase.borrow();
        if phase.over() {
            return;
        }
        let request = match phase {
            Phase::Up => dialog.request("BYE", port, true),
            _ if dialog.calls => dialog.request("CANCEL", port, false),
            _ => Message::response(&dialog.invite, 486, &dialog.tag),
        };
        let bytes = request.bytes();
        dialog.waiting = Some((bytes.clone(), 0));
        dialog.turns(Phase::WeEnded);
        self.send(&bytes).await;
    }

    /// A request of the other side.
    async fn asked(&mut self, request: &Message) {
        match request.method() {
            Some("INVITE") => self.invited(request).await,
            Some("ACK") => {
                if let Some(dialog) = self.dialogs.get_mut(request.call_id()) {
                    dialog.waiting = None;
                }
            }
            Some("BYE") => {
                if let Some(dialog) = self.dialogs.get_mut(request.call_id()) {
                    dialog.waiting = None;
                    if !dialog.phase.borrow().over() {
                        dialog.turns(Phase::TheyEnded);
                    }
                }
                self.send(&Message::response(request, 200, "bye").bytes()).await;
            }
            Some("CANCEL") => {
                self.send(&Message::response(request, 200, "cancel").bytes()).await;
                let Some(dialog) = self.dialogs.get_mut(request.call_id()) else { return };
                if *dialog.phase.borrow() == Phase::Ringing {
                    dialog.turns(Phase::TheyEnded);
                    let gone = Message::response(&dialog.invite, 487, &dialog.tag).bytes();
                    dialog.answer = Some(gone.clone());
                    self.send(&gone).await;
                }
            }
            _ => self.send(&Message::response(request, 200, "other").bytes()).await,
        }
    }

    async fn invited(&mut self, invite: &Message) {
        if let Some(dialog) = self.dialogs.get(invite.call_id()) {
            let answer = if invite.cseq() == dialog.invite.cseq() {
                dialog.answer.clone().unwrap_or_default()
            } else {
                dialog.accept(invite, self.port)
            };
            return self.send(&answer).await;
        }
        let manner = *self.manner.lock().expect("no panic under the lock");
        let (mut call, phase) = Call::new(self.codec, self.commands.clone(), Phase::Ringing).await;
        invite.call_id().clone_into(&mut call.id);
        invite.header("From").unwrap_or_default().clone_into(&mut call.from);
        let agreed = sdp::understand(&invite.body, self.codec).expect("a codec in common");
        call.media.agree(agreed);
        let tag = uuid::Uuid::new_v4().simple().to_string();
        let mut dialog = Dialog {
            ours: format!("{};tag={tag}", invite.header("To").unwrap_or_default()),
            theirs: invite.header("From").unwrap_or_default().to_owned(),
            target: invite.contact().unwrap_or_default(),
            cseq: 1,
            invite: invite.clone(),
            calls: false,
            tag,
            media: Arc::clone(&call.media),
            phase,
            waiting: None,
            answer: None,
        };
        let answer = match manner {
            Manner::IsBusy => Message::response(invite, 486, &dialog.tag).bytes(),
            Manner::Rings => Message::response(invite, 180, &dialog.tag).bytes(),
            Manner::Answers => dialog.accept(invite, self.port),
        };
        match manner {
            Manner::IsBusy => dialog.turns(Phase::Refused(486)),
            Manner::Rings => {}
            Manner::Answers => dialog.turns(Phase::Up),
        }
        if manner != Manner::Rings {
            dialog.waiting = Some((answer.clone(), 0));
        }
        dialog.answer = Some(answer.clone());
        self.dialogs.insert(call.id.clone(), dialog);
        self.send(&answer).await;
        // Nobody may be waiting for it any more.
        let _ = self.rings.send(call);
    }
}

impl Dialog {
    fn turns(&self, phase: Phase) {
        if phase.over() {
            self.media.stop();
        }
        self.phase.send_replace(phase);
    }

    /// 200, with our side of the sound.
    fn accept(&self, invite: &Message, port: u16) -> Vec<u8> {
        let mut answer = Message::response(invite, 200, &self.tag);
        answer.add("Contact", format!("<sip:telephone@127.0.0.1:{port}>"));
        answer.add("Content-Type", "application/sdp");
        answer.body = sdp::describe(self.media.codec(), self.media.port, self.media.offer());
        answer.bytes()
    }

    /// A request within the call. What ends the INVITE itself (ACK of a refusal, CANCEL) goes to
    /// where the INVITE went, on its path and with its number.
    fn request(&mut self, method: &str, port: u16, established: bool) -> Message {
        let of_invite = method == "ACK" || method == "CANCEL";
        if !of_invite {
            self.cseq += 1;
        }
        let first = self.invite.start.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut request = Message::request(method, if established { &self.target } else { &first });
        let path = self.invite.header("Via").unwrap_or_default().to_owned();
        request.add("Via", if established { via(port) } else { path });
        request.add("Max-Forwards", "70");
        request.add("From", &self.ours);
        let to = if method == "CANCEL" {
            self.invite.header("To").unwrap_or_default()
        } else {
            &self.theirs
        };
        request.add("To", to);
        request.add("Call-ID", self.invite.call_id());
        let number = if of_invite { 1 } else { self.cseq };
        request.add("CSeq", format!("{number} {method}"));
        request
    }
}
