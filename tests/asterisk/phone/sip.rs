//! As much of SIP (RFC 3261) as a telephone on the same machine needs: messages as text.

use uuid::Uuid;

/// A request or a response.
#[derive(Debug, Clone)]
pub struct Message {
    /// `INVITE sip:… SIP/2.0` or `SIP/2.0 200 OK`.
    pub start: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// Short names of headers that have one.
const COMPACT: [(&str, &str); 7] = [
    ("v", "Via"),
    ("f", "From"),
    ("t", "To"),
    ("i", "Call-ID"),
    ("m", "Contact"),
    ("l", "Content-Length"),
    ("c", "Content-Type"),
];

impl Message {
    pub fn request(method: &str, uri: &str) -> Self {
        Self { start: format!("{method} {uri} SIP/2.0"), headers: Vec::new(), body: String::new() }
    }

    /// `None` for what is no SIP message, as the empty lines that keep a path open.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let start = lines.next().filter(|line| line.contains("SIP/2.0"))?.to_owned();
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| {
                let long = COMPACT.iter().find(|(short, _)| name.eq_ignore_ascii_case(short));
                (long.map_or(name, |(_, long)| long).to_owned(), value.trim().to_owned())
            })
            .collect();
        Some(Self { start, headers, body: body.to_owned() })
    }

    /// The answer to `request`: its own headers of the dialog, `tag` added to To.
    pub fn response(request: &Self, status: u16, tag: &str) -> Self {
        let reason = match status {
            100 => "Trying",
            180 => "Ringing",
            200 => "OK",
            486 => "Busy Here",
            487 => "Request Terminated",
            _ => "Status",
        };
        let mut answer = Self {
            start: format!("SIP/2.0 {status} {reason}"),
            headers: Vec::new(),
            body: String::new(),
        };
        for (name, value) in &request.headers {
            match name.to_ascii_lowercase().as_str() {
                "to" if !value.contains("tag=") && status > 100 => {
                    answer.add("To", format!("{value};tag={tag}"));
                }
                "via" | "from" | "to" | "call-id" | "cseq" => answer.add(name, value.clone()),
                _ => {}
            }
        }
        answer
    }

    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.headers.push((name.to_owned(), value.into()));
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub fn call_id(&self) -> &str {
        self.header("Call-ID").unwrap_or_default()
    }

    /// The method of a request.
    pub fn method(&self) -> Option<&str> {
        (!self.start.starts_with("SIP/2.0")).then(|| self.start.split(' ').next())?
    }

    /// The status of a response.
    pub fn status(&self) -> Option<u16> {
        self.start.strip_prefix("SIP/2.0 ")?.split(' ').next()?.parse().ok()
    }

    /// Number and method of the transaction.
    pub fn cseq(&self) -> Option<(u32, &str)> {
        let (number, method) = self.header("CSeq")?.split_once(' ')?;
        Some((number.parse().ok()?, method.trim()))
    }

    /// Where the other side wants further requests to go.
    pub fn contact(&self) -> Option<String> {
        let value = self.header("Contact")?;
        let uri = match value.split_once('<') {
            Some((_, rest)) => rest.split('>').next()?,
            None => value.split(';').next()?,
        };
        Some(uri.to_owned())
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut lines = vec![self.start.clone()];
        lines.extend(self.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.push(format!("Content-Length: {}\r\n\r\n{}", self.body.len(), self.body));
        lines.join("\r\n").into_bytes()
    }
}

/// The path of a new transaction of ours.
pub fn via(port: u16) -> String {
    format!("SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{};rport", Uuid::new_v4().simple())
}
