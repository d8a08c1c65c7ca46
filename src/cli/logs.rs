//! The logs that commands read: at an address, in the folder of a list, or in an output directory with several lists.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use changecast::{
    follow::{Http, HttpError, HttpOptions, PlainHttp, Remote},
    output::Folder,
};
use changecast_core::{ledger::VerifyError, sign::PublicKey};

use super::Failure;

/// Which servers are trusted, and how long they may take.
#[derive(Debug, clap::Args)]
pub struct ServerArgs {
    /// Trust the certificates in this PEM file in place of those of the system
    #[arg(long, value_name = "FILE")]
    ca_certificate: Option<PathBuf>,
    /// Accept HTTP without encryption from other computers
    #[arg(long)]
    insecure_http: bool,
    /// The seconds that one request may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
}

impl ServerArgs {
    /// The options for requests.
    ///
    /// # Errors
    /// [`Failure::File`] if the certificates cannot be read.
    pub fn options(&self) -> Result<HttpOptions, Failure> {
        let certificates = self.ca_certificate.as_ref();
        let certificates = certificates.map(|path| fs::read(path).map_err(|error| Failure::file(path, error)));
        Ok(HttpOptions {
            timeout: Duration::from_secs(self.timeout.max(1)),
            certificates: certificates.transpose()?,
            plain: if self.insecure_http { PlainHttp::Everywhere } else { PlainHttp::Loopback },
        })
    }
}

/// Whether a location is an address, and not a folder.
pub fn is_address(location: &str) -> bool {
    location.contains("://")
}

/// The folder of a list at an address, or on this computer.
///
/// # Errors
/// [`Failure::Usage`] for an address that cannot be used.
pub fn remote(location: &str, options: &HttpOptions) -> Result<Box<dyn Remote>, Failure> {
    if is_address(location) {
        let http = Http::new(location, options);
        return Ok(Box::new(http.map_err(|error| Failure::usage(error.to_string(), address_help(&error)))?));
    }
    Ok(Box::new(Folder::at(Path::new(location))))
}

fn address_help(error: &HttpError) -> &'static str {
    match error {
        HttpError::Address(_) => "pass the address of the folder that contains index.json, without index.json",
        HttpError::Plain(_) => "use https://, or pass --insecure-http: then others on the way can see what you fetch",
        HttpError::Certificates(_) => "pass a PEM file with --ca-certificate, or set SSL_CERT_FILE",
    }
}

/// A log to read.
pub struct Log {
    /// Its name in messages.
    pub name: String,
    pub remote: Box<dyn Remote>,
}

/// The log at an address, or the logs in a folder.
///
/// # Errors
/// [`Failure`] if the address cannot be used, or the folder contains no log.
pub fn logs(location: &str, server: &ServerArgs) -> Result<Vec<Log>, Failure> {
    if is_address(location) {
        return Ok(vec![Log { name: location.to_owned(), remote: remote(location, &server.options()?)? }]);
    }
    let folders = list_folders(Path::new(location))?;
    let logs =
        folders.iter().map(|folder| Log { name: folder.display().to_string(), remote: Box::new(Folder::at(folder)) });
    Ok(logs.collect())
}

/// The folders of lists: the directory itself, or the folders in it that contain a log.
///
/// # Errors
/// [`Failure`] if the directory cannot be read, or contains no log.
pub fn list_folders(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    if is_list_folder(dir) {
        return Ok(vec![dir.to_owned()]);
    }
    let mut folders = Vec::new();
    for entry in fs::read_dir(dir).map_err(|error| Failure::file(dir, error))? {
        folders.push(entry.map_err(|error| Failure::file(dir, error))?.path());
    }
    folders.retain(|folder| is_list_folder(folder));
    folders.sort();
    if folders.is_empty() {
        return Err(Failure::verify(dir, VerifyError::Incomplete("it contains no log".into())));
    }
    Ok(folders)
}

fn is_list_folder(folder: &Path) -> bool {
    folder.join("log").is_dir() || folder.join("index.json").is_file()
}

/// Reads the file of a public key.
///
/// # Errors
/// [`Failure`] if it cannot be read, or is not an Ed25519 key.
pub fn public_key(path: &Path) -> Result<PublicKey, Failure> {
    let line = fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    Ok(PublicKey::parse(&path.display().to_string(), &line)?)
}
