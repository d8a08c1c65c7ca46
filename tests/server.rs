//! A web server on this computer for tests: it serves a folder, with and without TLS, and injects faults.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use changecast_core::ledger::Digest;
use rustls::{ServerConfig, ServerConnection, Stream, pki_types::PrivateKeyDer};

/// A request that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The path in the folder, without `/` in front.
    pub path: String,
    /// The header fields with their names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// The value of a header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What the server does with a request instead of serving the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An answer with this status, header fields and body.
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// The file, cut off after this many bytes, although the length promises more.
    Cut(usize),
    /// The file, cut off and without a length.
    CutWithoutLength(usize),
    /// No answer, and the connection stays open.
    Silence,
    /// The connection is closed without an answer.
    Close,
    /// A body that never ends.
    Endless,
    /// One byte after the other, slowly.
    Slow,
    /// The file with another content type.
    Type(&'static str),
}

type Choose = Box<dyn Fn(&Request) -> Option<Fault> + Send>;

/// A running server. It ends with the test.
pub struct Server {
    /// The address of the folder, with `/` at its end.
    pub address: String,
    requests: Arc<Mutex<Vec<Request>>>,
    choose: Arc<Mutex<Choose>>,
}

impl Server {
    /// Serves a folder over HTTP.
    pub fn start(folder: &Path) -> Self {
        Server::with(folder, None)
    }

    /// Serves a folder over HTTPS as a proxy (RFC 9110 §9.3.6) for every host, with this certificate and key.
    pub fn proxy(folder: &Path, certificate: &rcgen::CertifiedKey<rcgen::KeyPair>) -> Self {
        let server = Server::secure(folder, certificate);
        let address = server.address.trim_start_matches("https://").trim_end_matches('/');
        Server { address: format!("http://{address}"), ..server }
    }

    /// Serves a folder over HTTPS with this certificate and key, for `localhost`.
    pub fn secure(folder: &Path, certificate: &rcgen::CertifiedKey<rcgen::KeyPair>) -> Self {
        let key = PrivateKeyDer::try_from(certificate.signing_key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("TLS");
        let chain = vec![certificate.cert.der().clone()];
        let config = config.with_no_client_auth().with_single_cert(chain, key).expect("a certificate");
        Server::with(folder, Some(Arc::new(config)))
    }

    fn with(folder: &Path, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let server = Server {
            address: format!("{scheme}://localhost:{port}/"),
            requests: Arc::default(),
            choose: Arc::new(Mutex::new(Box::new(|_| None))),
        };
        let (requests, choose, folder) = (Arc::clone(&server.requests), Arc::clone(&server.choose), folder.to_owned());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let handler =
                    Handler { requests: Arc::clone(&requests), choose: Arc::clone(&choose), folder: folder.clone() };
                let tls = tls.clone();
                thread::spawn(move || handler.serve(stream, tls));
            }
        });
        server
    }

    /// From now on, chooses a fault for each request.
    pub fn inject(&self, choose: impl Fn(&Request) -> Option<Fault> + Send + 'static) {
        *self.choose.lock().expect("the faults") = Box::new(choose);
    }

    /// The requests since the last call.
    pub fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut *self.requests.lock().expect("the requests"))
    }
}

struct Handler {
    requests: Arc<Mutex<Vec<Request>>>,
    choose: Arc<Mutex<Choose>>,
    folder: PathBuf,
}

impl Handler {
    fn serve(&self, mut stream: TcpStream, tls: Option<Arc<ServerConfig>>) {
        match tls {
            None => self.answer(&mut stream),
            Some(config) => {
                // The client speaks without TLS first if it takes this server for a proxy.
                let mut first = [0];
                if stream.peek(&mut first).is_ok() && first == *b"C" {
                    let is_asked = read_request(&mut stream).is_some();
                    if !is_asked || stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").is_err() {
                        return;
                    }
                }
                let Ok(mut connection) = ServerConnection::new(config) else { return };
                self.answer(&mut Stream::new(&mut connection, &mut stream));
                connection.send_close_notify();
                let _ = connection.complete_io(&mut stream);
            }
        }
    }

    fn answer(&self, stream: &mut (impl Read + Write)) {
        let Some(request) = read_request(stream) else { return };
        self.requests.lock().expect("the requests").push(request.clone());
        let fault = (self.choose.lock().expect("the faults"))(&request);
        // The client may close the connection at any time.
        let _ = self.write(stream, &request, fault);
    }

    fn write(&self, out: &mut impl Write, request: &Request, fault: Option<Fault>) -> std::io::Result<()> {
        let file = fs::read(self.folder.join(&request.path)).ok();
        let tag = file.as_ref().map(|bytes| format!("\"{}\"", Digest::of(bytes)));
        let bytes = file.clone().unwrap_or_default();
        match fault {
            None if tag.is_some() && request.header("if-none-match") == tag.as_deref() => head(out, 304, &[], Some(0)),
            None if file.is_none() => head(out, 404, &[], Some(0)),
            None => {
                head(out, 200, &[("ETag", tag.unwrap_or_default())], Some(bytes.len()))?;
                out.write_all(&bytes)
            }
            Some(Fault::Answer(status, headers, body)) => {
                head(out, status, &headers, Some(body.len()))?;
                out.write_all(&body)
            }
            Some(Fault::Cut(at)) => {
                head(out, 200, &[], Some(bytes.len()))?;
                out.write_all(&bytes[..at.min(bytes.len())])
            }
            Some(Fault::CutWithoutLength(at)) => {
                head(out, 200, &[], None)?;
                out.write_all(&bytes[..at.min(bytes.len())])
            }
            Some(Fault::Type(kind)) => {
                head(out, 200, &[("Content-Type", kind.to_owned())], Some(bytes.len()))?;
                out.write_all(&bytes)
            }
            Some(Fault::Close) => Ok(()),
            Some(Fault::Silence) => {
                thread::sleep(Duration::from_secs(30));
                Ok(())
            }
            Some(Fault::Endless) => {
                head(out, 200, &[], None)?;
                loop {
                    out.write_all(&[b'{'; 65_536])?;
                }
            }
            Some(Fault::Slow) => {
                head(out, 200, &[], Some(bytes.len()))?;
                for byte in bytes {
                    out.write_all(&[byte])?;
                    out.flush()?;
                    thread::sleep(Duration::from_millis(50));
                }
                Ok(())
            }
        }?;
        out.flush()
    }
}

fn head(out: &mut impl Write, status: u16, headers: &[(&str, String)], length: Option<usize>) -> std::io::Result<()> {
    let mut text = format!("HTTP/1.1 {status} Status\r\nConnection: close\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    if let Some(length) = length {
        text += &format!("Content-Length: {length}\r\n");
    }
    out.write_all((text + "\r\n").as_bytes())
}

/// Reads a request up to its empty line.
fn read_request(stream: &mut impl Read) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if bytes.len() > 65_536 || stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        bytes.push(byte[0]);
    }
    let text = String::from_utf8(bytes).ok()?;
    let mut lines = text.lines();
    let path = lines.next()?.split(' ').nth(1)?.trim_start_matches('/').to_owned();
    let headers = lines.filter_map(|line| line.split_once(": "));
    Some(Request {
        path,
        headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect(),
    })
}
