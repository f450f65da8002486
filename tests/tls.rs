//! TLS: which protocols are served, and how the certificate is exchanged.

use std::{
    fs,
    io::{Read, Write},
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};

use crate::{
    commands::fails,
    support::{
        connection::Connection,
        database::{DatabaseKind, on_sqlite_alone},
        process::{CommandEnvironment, Server},
        tls::{Transport, make_certificate},
        wire,
    },
};

const HEALTH: &str = "GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// A server with TLS, and its folder.
struct Served {
    server: Server,
    environment: CommandEnvironment,
}

impl Served {
    fn start(on: DatabaseKind) -> Self {
        let environment = CommandEnvironment::new(on);
        let flags = Transport::Tls.flags(environment.path());
        Self { server: Server::start(&environment, flags), environment }
    }

    fn folder(&self) -> &Path {
        self.environment.path()
    }

    /// Puts a new certificate and its key into the files of the server, one after the other.
    fn replace_files(&self) {
        make_certificate(self.folder(), "new");
        for end in ["crt", "key"] {
            let [from, to] = ["new", "tls"].map(|name| self.folder().join(format!("{name}.{end}")));
            fs::rename(from, to).unwrap();
        }
    }

    /// The certificate in the file.
    fn certificate(&self) -> Vec<u8> {
        CertificateDer::from_pem_file(self.folder().join("tls.crt")).unwrap().to_vec()
    }

    /// The certificate of a new connection.
    fn served_certificate(&self) -> Vec<u8> {
        let mut connection = Connection::open(&self.server.url).unwrap();
        assert_eq!(status(&mut connection), "200");
        connection.certificate().unwrap()
    }

    /// Waits until new connections get the certificate in the file.
    fn await_exchange(&self) {
        let start = Instant::now();
        while self.served_certificate() != self.certificate() {
            assert!(start.elapsed() < Duration::from_secs(20), "the certificate was not exchanged");
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn hang_up(&self) {
        let id = self.server.id().to_string();
        assert!(Command::new("kill").args(["-s", "HUP", &id]).status().unwrap().success());
    }

    /// What `curl` prints, which trusts the certificate in the file.
    fn curl(&self, arguments: &[&str]) -> Result<String, String> {
        let url = format!("{}/health/live", self.server.url);
        let mut command = Command::new("curl");
        command.args(["-sS", "--cacert", "tls.crt", &url]).args(arguments);
        let output = command.current_dir(self.folder()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        match output.status.success() {
            true => Ok(text(output.stdout)),
            false => Err(text(output.stderr)),
        }
    }
}

/// The status of the answer to a request.
fn status(connection: &mut Connection) -> String {
    connection.set_read_timeout(Duration::from_secs(20));
    connection.write_all(HEALTH.as_bytes()).unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"ok\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte).unwrap();
        answer.extend(byte);
    }
    String::from_utf8(answer[9..12].to_vec()).unwrap()
}

on_sqlite_alone!(http_2_and_http_1_1_are_served, "no storage is involved");
fn http_2_and_http_1_1_are_served(on: DatabaseKind) {
    let served = Served::start(on);
    assert!(served.server.url.starts_with("https://"), "{}", served.server.url);
    let version = ["-w", "%{http_version}"];
    for (protocol, expected) in [
        (&[][..], "ok\n2"),
        (&["--http1.1"], "ok\n1.1"),
        (&["--tlsv1.3"], "ok\n2"),
        (&["--tls-max", "1.2"], "ok\n2"),
    ] {
        let answer = served.curl(&[&version, protocol].concat());
        assert_eq!(answer.as_deref(), Ok(expected), "{protocol:?}");
    }
    let old = served.curl(&["--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0"]);
    assert!(old.unwrap_err().contains("alert handshake failure"));
    assert!(served.server.stop().contains("a TLS handshake failed"));
}

on_sqlite_alone!(a_certificate_exchanged_under_load_fails_no_request, "no storage is involved");
fn a_certificate_exchanged_under_load_fails_no_request(on: DatabaseKind) {
    let served = Served::start(on);
    let (end, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    let count = || answered.load(Ordering::Relaxed);
    thread::scope(|scope| {
        for kept in [false, false, false, true] {
            let (end, answered, url) = (&end, &answered, &served.server.url);
            scope.spawn(move || {
                let mut connection = Connection::open(url).unwrap();
                while !end.load(Ordering::Relaxed) {
                    if !kept {
                        connection = Connection::open(url).unwrap();
                    }
                    assert_eq!(status(&mut connection), "200");
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for _ in 0..5 {
            let before = count();
            served.replace_files();
            served.hang_up();
            served.await_exchange();
            while count() < before + 50 {
                thread::sleep(Duration::from_millis(10));
            }
        }
        end.store(true, Ordering::Relaxed);
    });
    let log = served.server.stop();
    assert_eq!(log.matches("the TLS certificate was read again").count(), 5, "{log}");
}

on_sqlite_alone!(changed_files_are_read_without_a_signal, "no storage is involved");
fn changed_files_are_read_without_a_signal(on: DatabaseKind) {
    let served = Served::start(on);
    let first = served.served_certificate();
    served.replace_files();
    served.await_exchange();
    assert_ne!(served.served_certificate(), first);
}

on_sqlite_alone!(the_previous_certificate_stays_if_the_new_pair_is_wrong, "no storage is involved");
fn the_previous_certificate_stays_if_the_new_pair_is_wrong(on: DatabaseKind) {
    let served = Served::start(on);
    let first = served.served_certificate();
    make_certificate(served.folder(), "other");
    let [key, other, moved] =
        ["tls.key", "other.key", "moved.key"].map(|it| served.folder().join(it));
    fs::rename(&key, &moved).unwrap();
    served.hang_up();
    thread::sleep(Duration::from_secs(1));
    assert_eq!(served.served_certificate(), first);
    fs::copy(&other, &key).unwrap();
    // Without a signal, after the time in which a program could have written the other file too.
    thread::sleep(Duration::from_secs(5));
    assert_eq!(served.served_certificate(), first);
    assert_eq!(wire::send(&served.server.url, "GET", "/health/live", &[], b"").status, 200);
    fs::rename(served.folder().join("other.crt"), served.folder().join("tls.crt")).unwrap();
    served.hang_up();
    served.await_exchange();
    let log = served.server.stop();
    assert!(log.contains("tls.key: No such file or directory"), "{log}");
    assert!(log.contains("tls.key: not the key of tls.crt"), "{log}");
    assert_eq!(log.matches("the previous one stays in use").count(), 2, "{log}");
    assert_eq!(log.matches("the TLS certificate was read again").count(), 1, "{log}");
}

on_sqlite_alone!(
    files_that_are_no_certificate_and_its_key_stop_the_start,
    "no storage is involved"
);
fn files_that_are_no_certificate_and_its_key_stop_the_start(on: DatabaseKind) {
    let environment = CommandEnvironment::new(on);
    let folder = environment.path();
    for name in ["tls", "other"] {
        make_certificate(folder, name);
    }
    fs::write(folder.join("empty.pem"), "").unwrap();
    fs::write(folder.join("large.pem"), "x".repeat(1024 * 1024 + 1)).unwrap();
    fs::write(folder.join("cut.crt"), &fs::read(folder.join("tls.crt")).unwrap()[..300]).unwrap();
    let locked = Command::new("openssl")
        .args(["pkcs8", "-topk8", "-in", "tls.key", "-out", "locked.key", "-passout", "pass:a"])
        .current_dir(folder)
        .output();
    assert!(locked.unwrap().status.success());
    let no_key = "the file has no private key in PEM format, or the key has a password";
    for (certificate, key, reason) in [
        ("absent.crt", "tls.key", "absent.crt: No such file"),
        (".", "tls.key", ".: Is a directory"),
        ("empty.pem", "tls.key", "empty.pem: the file has no certificate in PEM format"),
        ("tls.key", "tls.key", "tls.key: the file has no certificate in PEM format"),
        ("cut.crt", "tls.key", "cut.crt: "),
        ("large.pem", "tls.key", "large.pem: the file has more than 1048576 bytes"),
        ("tls.crt", "absent.key", "absent.key: No such file"),
        ("tls.crt", "empty.pem", no_key),
        ("tls.crt", "tls.crt", no_key),
        ("tls.crt", "locked.key", no_key),
        ("tls.crt", "other.key", "other.key: not the key of tls.crt"),
    ] {
        let flags = ["serve", "--tls-certificate", certificate, "--tls-key", key];
        let message = fails(&environment, &flags);
        assert!(message.contains(reason), "{flags:?}: {message}");
    }
    for (flag, missing) in
        [("--tls-certificate", "tls_key is not"), ("--tls-key", "tls_certificate is not")]
    {
        assert!(fails(&environment, &["serve", flag, "tls.crt"]).contains(missing));
    }
}
