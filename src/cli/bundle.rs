//! `audit --bundle`: a file with everything that somebody needs who checks a log without this program and without a network.

use std::{collections::BTreeMap, path::Path};

use changecast::{
    history::{Content, History, HistoryError},
    output::{self, Packed},
    render,
};
use changecast_core::{
    ledger::{self, BodyState, Digest, Fetch, FetchError, Verified, layout},
    sign::PublicKey,
};

use super::{
    Failure,
    audit::Args,
    console,
    logs::{self, Log},
};

/// The folder in the archive.
const FOLDER: &str = "audit";

/// Verifies the logs, and writes them with keys and instructions to a file.
///
/// # Errors
/// [`Failure`] if a log does not verify, or the file cannot be written.
pub fn write(args: &Args, file: &Path) -> Result<(), Failure> {
    let pin = args.pin()?;
    let history = match &args.repository.repo {
        Some(_) => Some(args.repository.history()?),
        None => None,
    };
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut origins = Vec::new();
    for Log { name, remote } in logs::logs(&args.location, &args.server)? {
        let verified = ledger::verify(&*remote, &pin).map_err(|error| Failure::verify_named(&name, error))?;
        let list = verified.origin.list().to_owned();
        if files.keys().any(|path| path.starts_with(&format!("{list}/"))) {
            return Err(Failure::usage(
                format!("two of the logs have the name {list}"),
                "pass the folder of one of them",
            ));
        }
        for path in paths(&verified) {
            let path = path.to_string();
            let fetched = remote.get(&path);
            let bytes = fetched.map_err(|error| {
                Failure::verify_named(&name, ledger::VerifyError::Fetch { path: path.clone(), error })
            })?;
            files.extend(bytes.map(|bytes| (format!("{list}/{path}"), bytes)));
        }
        // Only verified files are packed, also when the source answers differently the second time.
        ledger::verify(&PackedList { files: &files, list: &list }, &pin)
            .map_err(|error| Failure::verify_named(&name, error))?;
        files.insert(format!("{list}/verify.sh"), render::VERIFY_SCRIPT.as_bytes().to_vec());
        if let Some(history) = &history {
            add_versions(&mut files, &list, &verified, history)?;
        }
        origins.push(verified.origin.to_string());
    }
    files.insert("root.pub".to_owned(), format!("{}\n", pin.root).into_bytes());
    files.insert("verify.sh".to_owned(), render::VERIFY_SCRIPT.as_bytes().to_vec());
    files.insert("README.txt".to_owned(), instructions(&origins, &pin.root, history.is_some()).into_bytes());
    let sums: String = files.iter().map(|(path, bytes)| format!("{}  {path}\n", Digest::of(bytes))).collect();
    files.insert("SHA256SUMS".to_owned(), sums.into_bytes());
    let packed: Vec<Packed> = files.into_iter().map(|(path, bytes)| (format!("{FOLDER}/{path}"), bytes)).collect();
    let archive = output::tar_gz(&packed)?;
    output::replace(file, &archive)?;
    console::note(&format!("{}: {} files, SHA-256 {}", file.display(), packed.len(), Digest::of(&archive)));
    Ok(())
}

/// The files of a log that were verified, and the unsigned ones that a verifier reads.
fn paths(verified: &Verified) -> Vec<layout::Path> {
    use layout::Path;
    let mut paths = vec![Path::Index, Path::List];
    for release in &verified.releases {
        let seq = release.header.seq;
        paths.extend([Path::Header(seq), Path::HeaderSignature(seq)]);
        let is_redacted = release.body == BodyState::Redacted || verified.not_deleted.contains(&seq);
        if !is_redacted && release.body != BodyState::Absent {
            paths.push(Path::Body(seq));
        }
    }
    for number in 0..verified.heads.len() as u64 {
        paths.extend([Path::Head(number), Path::HeadSignature(number)]);
    }
    paths
}

/// Adds the version of the inventory that each release names.
fn add_versions(
    files: &mut BTreeMap<String, Vec<u8>>,
    list: &str,
    verified: &Verified,
    history: &History,
) -> Result<(), Failure> {
    let mut gone = 0;
    for release in &verified.releases {
        if verified.not_deleted.contains(&release.header.seq) {
            continue;
        }
        let Some(source) = release.body().and_then(ledger::Body::source) else { continue };
        let folder = format!("versions/{list}/{:06}-{}", release.header.seq, source.commit.short());
        let found = match history.content_at(Some(source.commit.as_str()), std::slice::from_ref(&source.path)) {
            Ok(found) => found,
            // git was rewritten since then. The log remains evidence of what the commit contained.
            Err(HistoryError::NoRevision(_)) => {
                gone += 1;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        match found.map(|(_, content)| content) {
            Some(Content::File(bytes)) => {
                let name = source.path.rsplit('/').next().unwrap_or("inventory");
                add_version(files, &folder, name, bytes)?;
            }
            Some(Content::Folder(entries)) => {
                for (name, bytes) in entries.iter() {
                    add_version(files, &folder, name, bytes.to_vec())?;
                }
            }
            Some(Content::NotAFile(_) | Content::NotUtf8 { .. }) | None => {}
        }
    }
    if gone > 0 {
        console::warning(&format!(
            "{list}: the commits of {gone} releases are not in the repository: they are left out"
        ));
    }
    Ok(())
}

/// Adds a file of a version. Its name comes from git, and must neither leave the folder nor break the lines of
/// SHA256SUMS.
fn add_version(files: &mut BTreeMap<String, Vec<u8>>, folder: &str, name: &str, bytes: Vec<u8>) -> Result<(), Failure> {
    let leaves = name.split('/').any(|part| matches!(part, "" | "." | ".."));
    if leaves || name.contains(|c: char| c.is_control() || c == '\\') {
        return Err(Failure::usage(
            format!("{folder}: the name {name:?} cannot be packed"),
            "bundle without --repo, or rename the file",
        ));
    }
    files.insert(format!("{folder}/{name}"), bytes);
    Ok(())
}

/// The packed files of one list.
struct PackedList<'a> {
    files: &'a BTreeMap<String, Vec<u8>>,
    list: &'a str,
}

impl Fetch for PackedList<'_> {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, FetchError> {
        Ok(self.files.get(&format!("{}/{path}", self.list)).cloned())
    }
}

/// The instructions, in plain text.
fn instructions(origins: &[String], root: &PublicKey, has_versions: bool) -> String {
    let mut commands = String::new();
    for origin in origins {
        let list = origin.rsplit('/').next().unwrap_or_default();
        commands += &format!("  sh {list}/verify.sh root.pub {origin}\n");
    }
    let versions = if has_versions {
        "versions/      the file that each release was computed from, as git has it: by release and commit\n"
    } else {
        ""
    };
    format!(
        "Signed change logs, to be checked offline.\n\
         \n\
         You need a shell, jq, ssh-keygen (OpenSSH 8.1 or later) and sha256sum. No other program is needed, and no network.\n\
         \n\
         1. Compare the fingerprint of root.pub with the one that the publisher gave you through another channel:\n\
         \n\
           ssh-keygen -lf root.pub        must print {}\n\
         \n\
         2. Check that no file of this archive was damaged:\n\
         \n\
           sha256sum -c SHA256SUMS\n\
         \n\
         3. Verify each log:\n\
         \n\
         {commands}\
         \n\
         Exit status 0: authentic and complete. 2: incomplete. 3: not authentic. 4: expired. 5: another root key.\n\
         verify.sh itself is part of this archive. Compare it with a copy from the source code of changecast, or read it.\n\
         \n\
         What is here:\n\
         \n\
         LIST/log/      every release: header, signature and body\n\
         LIST/head/     every head: what was published when\n\
         LIST/list.json the list after the newest release\n\
         {versions}\
         \n\
         A log alone does not prove that there is no newer release, or that another log was not shown to somebody else.\n",
        root.fingerprint()
    )
}
