//! A proxy before a source, which counts the sessions of each answer, and disturbs some.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
    thread,
    time::Duration,
};

/// What a call got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disturbance {
    None,
    /// 429 with a wait of a second.
    TooMany,
    Unavailable,
    /// The connection ends in the middle of the body.
    Cut,
    /// Half of the document, as if it were all.
    Half,
    WrongBody,
    /// The answer comes late.
    Delay,
}

/// A call, and the sessions that the source answered.
#[derive(Clone, Debug)]
pub struct Call {
    pub sessions: Vec<u32>,
    pub disturbance: Disturbance,
    /// The answer was sent whole.
    pub is_sent: bool,
}

/// A proxy on a port of its own, as long as the test runs.
pub struct Proxy {
    pub address: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Proxy {
    /// To a source at `http://HOST:PORT`. `disturb` gets the number of a call.
    pub fn to(
        source: &str,
        disturb: impl Fn(usize) -> Disturbance + Send + Sync + 'static,
    ) -> Self {
        let source = source.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/get_session_history.php", listener.local_addr().unwrap());
        let calls = Arc::<Mutex<Vec<Call>>>::default();
        let (shared, disturb) = (calls.clone(), Arc::new(disturb));
        thread::spawn(move || {
            for caller in listener.incoming().map_while(Result::ok) {
                let (source, calls, disturb) = (source.clone(), shared.clone(), disturb.clone());
                thread::spawn(move || pass_on(caller, &source, &calls, &*disturb));
            }
        });
        Self { address, calls }
    }

    pub fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        self.calls.lock().unwrap()
    }
}

/// Passes one request on. The client opens another connection for the next.
fn pass_on(
    mut caller: TcpStream,
    source: &str,
    calls: &Mutex<Vec<Call>>,
    disturb: &(impl Fn(usize) -> Disturbance + ?Sized),
) {
    let Some(form) = read_form(&mut caller) else { return };
    let mut to = TcpStream::connect(source).unwrap();
    // Without compression, the sessions of the answer can be counted.
    let head = format!(
        "POST /get_session_history.php HTTP/1.1\r\nhost: {source}\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        form.len()
    );
    to.write_all(head.as_bytes()).unwrap();
    to.write_all(form.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = to.read_to_end(&mut answer);
    let sessions = ids(&String::from_utf8_lossy(&answer));
    let (number, disturbance) = {
        let mut calls = calls.lock().unwrap();
        let disturbance = disturb(calls.len());
        calls.push(Call { sessions, disturbance, is_sent: false });
        (calls.len() - 1, disturbance)
    };
    let is_sent = send(&mut caller, answer, disturbance);
    calls.lock().unwrap()[number].is_sent = is_sent;
}

/// Answers, and returns whether the answer of the source was sent whole.
fn send(caller: &mut TcpStream, mut answer: Vec<u8>, disturbance: Disturbance) -> bool {
    let short = |status: &str, more: &str, body: &str| {
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\nconnection: close\r\n{more}content-length: {length}\r\n\r\n{body}"
        )
    };
    let other = match disturbance {
        Disturbance::None => None,
        Disturbance::Delay => {
            thread::sleep(Duration::from_millis(150));
            None
        }
        Disturbance::TooMany => {
            Some(short("429 Too Many Requests", "retry-after: 1\r\n", "slowly"))
        }
        Disturbance::Unavailable => Some(short("503 Service Unavailable", "", "later")),
        Disturbance::WrongBody => {
            let page = "<html><body>The database is on fire.</body></html>";
            Some(short("200 OK", "content-type: text/html\r\n", page))
        }
        Disturbance::Cut => {
            let _ = caller.write_all(&answer[..answer.len() * 2 / 3]);
            return false;
        }
        Disturbance::Half => {
            let text = String::from_utf8_lossy(&answer);
            let start = text.find("<response>").map_or("", |at| &text[at..]);
            // A tag does not stand across two chunks of so short a beginning.
            let end = start.len().min(600);
            let end = (0..=end).rev().find(|at| start.is_char_boundary(*at)).unwrap();
            Some(short("200 OK", "content-type: text/xml\r\n", &start[..end]))
        }
    };
    let is_other = other.is_some();
    if let Some(other) = other {
        answer = other.into_bytes();
    }
    caller.write_all(&answer).is_ok() && !is_other
}

/// Reads a request, and returns its form.
pub fn read_form(caller: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    let mut part = [0; 4_096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, form)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if form.len() >= length.unwrap().parse::<usize>().unwrap() {
                return Some(form.to_owned());
            }
        }
        match caller.read(&mut part) {
            Ok(0) | Err(_) => return None,
            Ok(length) => request.extend_from_slice(&part[..length]),
        }
    }
}

/// The numbers of the sessions of a document.
fn ids(document: &str) -> Vec<u32> {
    let parts = document.split("<id>").skip(1);
    parts.filter_map(|part| part.split_once("</id>")?.0.parse().ok()).collect()
}
