//! Fetches published files over HTTPS. The only user of `ureq`.

use std::{io, sync::Arc, thread, time::Duration};

use changecast_core::ledger::{
    Fetch, FetchError,
    canonical::{MAX_BODY, MAX_HEADER},
    layout::Path,
};
use serde::de::IgnoredAny;
use ureq::{
    Agent,
    http::{Response, StatusCode, header},
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
};

use super::{Polled, Remote, Validator};

/// A request is tried this often.
const ATTEMPTS: u32 = 3;

/// The time before the second attempt. It doubles with each further one.
const BACK_OFF: Duration = Duration::from_millis(250);

/// Redirects of one request.
const MAX_REDIRECTS: usize = 5;

/// Which servers are trusted, and how long they may take.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// The time for one request with its answer.
    pub timeout: Duration,
    /// Certificates (PEM) that are trusted in place of those of the system.
    pub certificates: Option<Vec<u8>>,
    /// Whether HTTP without encryption is accepted. This computer is always reached without it.
    pub plain: PlainHttp,
}

/// Whether HTTP without encryption is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainHttp {
    /// Only from this computer.
    Loopback,
    /// From every server.
    Everywhere,
}

/// Why an address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Not an address of a folder on the web.
    #[error("{0} is not an address of the form https://example.com/feeds/list/")]
    Address(String),
    /// HTTP without encryption.
    #[error("{0} is reached without encryption")]
    Plain(String),
    /// The certificates to trust cannot be read.
    #[error("the certificates cannot be read: {0}")]
    Certificates(String),
}

/// The folder of a list on a web server.
#[derive(Debug)]
pub struct Http {
    agent: Agent,
    /// The scheme, host and port.
    server: String,
    /// The path of the folder, with `/` at both ends.
    folder: String,
}

impl Http {
    /// The folder at this address.
    ///
    /// # Errors
    /// [`HttpError`] for another address, or certificates that cannot be read.
    pub fn new(address: &str, options: &HttpOptions) -> Result<Self, HttpError> {
        let (server, folder) = split(address).ok_or_else(|| HttpError::Address(address.to_owned()))?;
        let is_plain = server.starts_with("http://");
        if is_plain && options.plain == PlainHttp::Loopback && !is_loopback(&server) {
            return Err(HttpError::Plain(address.to_owned()));
        }
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(options.timeout))
            .user_agent(concat!("changecast/", env!("CARGO_PKG_VERSION")));
        // No proxy leads to this computer.
        if is_loopback(&server) {
            config = config.proxy(None);
        }
        if !is_plain {
            config = config.tls_config(tls(options.certificates.as_deref())?);
        }
        Ok(Http { agent: config.build().new_agent(), server, folder })
    }

    /// Fetches a file, and repeats the request if the server or the network fails.
    fn fetch(&self, path: &str, seen: Option<&Validator>) -> Result<Polled, FetchError> {
        let mut wait = BACK_OFF;
        let mut attempt = 1;
        loop {
            match self.fetch_once(path, seen) {
                Ok(polled) => return Ok(polled),
                Err(failure) if attempt == ATTEMPTS || !failure.retry => return Err(FetchError(failure.message)),
                Err(_) => thread::sleep(wait),
            }
            wait *= 2;
            attempt += 1;
        }
    }

    fn fetch_once(&self, path: &str, seen: Option<&Validator>) -> Result<Polled, Failure> {
        let response = self.request(path, seen)?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(Polled::Found(None, None)),
            StatusCode::NOT_MODIFIED if seen.is_some() => return Ok(Polled::Unchanged),
            status => {
                return Err(Failure { message: format!("the server answers {status}"), retry: is_temporary(status) });
            }
        }
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let tag = text(header::ETAG).map(Validator::Tag);
        let validator = tag.or_else(|| text(header::LAST_MODIFIED).map(Validator::Modified));
        Ok(Polled::Found(content(path, response)?, validator))
    }

    /// Sends a request, and follows redirects on the same server.
    fn request(&self, path: &str, seen: Option<&Validator>) -> Result<Response<ureq::Body>, Failure> {
        let mut address = format!("{}{}{path}", self.server, self.folder);
        for _ in 0..=MAX_REDIRECTS {
            let request = self.agent.get(&address);
            let request = match seen {
                Some(Validator::Tag(tag)) => request.header(header::IF_NONE_MATCH, tag),
                Some(Validator::Modified(time)) => request.header(header::IF_MODIFIED_SINCE, time),
                None => request,
            };
            let response = request.call().map_err(Failure::of)?;
            if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
                return Ok(response);
            }
            let target = response.headers().get(header::LOCATION).and_then(|target| target.to_str().ok());
            address = self.redirected(target.unwrap_or_default())?;
        }
        Err(Failure { message: "the server redirects too often".into(), retry: false })
    }

    /// The target of a redirect. The customer did not choose another server.
    fn redirected(&self, target: &str) -> Result<String, Failure> {
        let same_server = target.starts_with('/') && !target.starts_with("//");
        if same_server {
            return Ok(format!("{}{target}", self.server));
        }
        let is_here = target.strip_prefix(&self.server).is_some_and(|rest| rest.starts_with('/'));
        if is_here {
            return Ok(target.to_owned());
        }
        let message = format!("the server redirects to another place, {target:?}");
        Err(Failure { message, retry: false })
    }
}

/// The content of a file, within its limit.
fn content(path: &str, mut response: Response<ureq::Body>) -> Result<Option<Vec<u8>>, Failure> {
    let bytes = response.body_mut().with_config().limit(limit(path) as u64 + 1).read_to_vec().map_err(Failure::of)?;
    if bytes.len() > limit(path) {
        return Err(Failure { message: format!("the file has more than {} bytes", limit(path)), retry: false });
    }
    // An answer without a length may have been cut off on its way: then another attempt succeeds.
    if matches!(path.parse(), Ok(Path::Body(_))) && !is_page(&bytes) && is_cut(&bytes) {
        return Err(Failure { message: "the answer is not complete".to_owned(), retry: true });
    }
    // Some servers answer with a page, and the status 200, if a file does not exist.
    Ok(if is_page(&bytes) { None } else { Some(bytes) })
}

/// Whether JSON ends before its value does. Bytes behind the value are another matter: the log does not verify with them.
fn is_cut(bytes: &[u8]) -> bool {
    let value = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>().next();
    value.is_some_and(|value| value.is_err_and(|error| error.is_eof()))
}

/// Whether an answer is a page in place of a file.
fn is_page(bytes: &[u8]) -> bool {
    bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

/// A request that failed.
struct Failure {
    message: String,
    /// Whether another attempt may succeed.
    retry: bool,
}

impl Failure {
    fn of(error: ureq::Error) -> Self {
        let is_final = matches!(
            error,
            ureq::Error::Rustls(_) | ureq::Error::Tls(_) | ureq::Error::BadUri(_) | ureq::Error::BodyExceedsLimit(_)
        );
        // rustls reports its errors while the connection is read or written.
        let is_tls = matches!(&error, ureq::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData);
        Failure { message: error.to_string(), retry: !is_final && !is_tls }
    }
}

impl Fetch for Http {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, FetchError> {
        match self.fetch(path, None)? {
            Polled::Found(bytes, _) => Ok(bytes),
            Polled::Unchanged => Ok(None),
        }
    }
}

impl Remote for Http {
    fn poll(&self, seen: Option<&Validator>) -> Result<Polled, FetchError> {
        self.fetch(&Path::Index.to_string(), seen)
    }
}

/// The largest size of a file in bytes.
fn limit(path: &str) -> usize {
    match path.parse() {
        Ok(Path::Body(_) | Path::List) => MAX_BODY,
        _ => MAX_HEADER,
    }
}

/// Whether a server may answer differently if it is asked again.
fn is_temporary(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT
}

/// The server and the folder of an address.
fn split(address: &str) -> Option<(String, String)> {
    let (scheme, rest) = address.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    if !matches!(&*scheme, "http" | "https") || rest.contains(['?', '#', '@', ' ', '\\']) {
        return None;
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.is_empty() {
        return None;
    }
    let path = path.trim_end_matches('/');
    let folder = if path.is_empty() { "/".to_owned() } else { format!("/{path}/") };
    Some((format!("{scheme}://{}", host.to_ascii_lowercase()), folder))
}

fn is_loopback(server: &str) -> bool {
    let host = server.split_once("://").map_or(server, |(_, host)| host);
    let host = if host.starts_with('[') {
        host.split(']').next().unwrap_or_default().trim_start_matches('[')
    } else {
        host.rsplit_once(':').map_or(host, |(host, _)| host)
    };
    host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// TLS with the certificates of the system, of `SSL_CERT_FILE`, or with those that the user names.
fn tls(certificates: Option<&[u8]>) -> Result<TlsConfig, HttpError> {
    let roots: Vec<Certificate<'static>> = match certificates {
        Some(pem) => {
            let items: Result<Vec<_>, _> = parse_pem(pem).collect();
            let items = items.map_err(|error| HttpError::Certificates(error.to_string()))?;
            items.into_iter().filter_map(certificate).collect()
        }
        None => {
            let found = rustls_native_certs::load_native_certs();
            found.certs.iter().map(|der| Certificate::from_der(der).to_owned()).collect()
        }
    };
    if roots.is_empty() {
        return Err(HttpError::Certificates("there is none; name a file with --ca-certificate".into()));
    }
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}

fn certificate(item: PemItem<'static>) -> Option<Certificate<'static>> {
    match item {
        PemItem::Certificate(certificate) => Some(certificate),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_folders() {
        for (address, server, folder) in [
            ("https://Example.com", "https://example.com", "/"),
            ("https://example.com/trust/feeds//", "https://example.com", "/trust/feeds/"),
            ("http://127.0.0.1:8080/l", "http://127.0.0.1:8080", "/l/"),
        ] {
            assert_eq!(split(address), Some((server.to_owned(), folder.to_owned())));
        }
        for bad in ["example.com", "ftp://a.example/", "https://", "https:///x", "https://a@b.example/", "https://a/?x"]
        {
            assert_eq!(split(bad), None, "{bad}");
        }
    }

    #[test]
    fn plain_http_is_for_this_computer() {
        let options = HttpOptions { timeout: Duration::from_secs(1), certificates: None, plain: PlainHttp::Loopback };
        for (address, accepted) in [
            ("http://localhost/l/", true),
            ("http://127.0.0.1:8080/l/", true),
            ("http://[::1]:8080/l/", true),
            ("http://localhost.example.com/l/", false),
            ("http://127.0.0.1.example.com/l/", false),
            ("http://example.com/l/", false),
        ] {
            assert_eq!(Http::new(address, &options).is_ok(), accepted, "{address}");
        }
        let everywhere = HttpOptions { plain: PlainHttp::Everywhere, ..options };
        assert!(Http::new("http://example.com/l/", &everywhere).is_ok());
    }

    #[test]
    fn redirects_stay_on_the_server() {
        let options = HttpOptions { timeout: Duration::from_secs(1), certificates: None, plain: PlainHttp::Everywhere };
        let http = Http::new("http://a.example/l/", &options).expect("an address");
        for (target, accepted) in [
            ("/m/log/000001.json", true),
            ("http://a.example/m/", true),
            ("//b.example/", false),
            ("http://b.example/", false),
            ("http://a.example.b.example/", false),
            ("https://a.example/", false),
            ("", false),
        ] {
            assert_eq!(http.redirected(target).is_ok(), accepted, "{target}");
        }
    }
}
