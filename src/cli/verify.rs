//! `verify`: checks a published log against the pinned root key and origin.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use changecast::{
    output::Folder,
    publish::{Edition, NoticeCheck, OpenWindow},
    render,
};
use changecast_core::{
    ledger::{
        self, Bodies, Continuation, Digest, Discontinuity, Head, Origin, Pin, Signed, Verified, VerifyError, layout,
    },
    model::Timestamp,
    sign::PublicKey,
};

use super::{
    Exit, Failure, console,
    logs::{list_folders, public_key},
    time,
};

/// Verify a published log against the pinned root key
///
/// Checks every signature, the chain of all releases and heads, and that replaying all changes gives the published
/// list. Works offline. Pages and feeds are not checked: they are not signed.
///
/// Publishers can sign a second history with the same keys. --against and --head find this: keep a copy of the folder, or
/// any file of `head/`, and verify later copies against it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The output directory, or the folder of one list inside it
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The publisher's public root key (a .pub file that `keygen` wrote)
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// The name of a log that must be there, such as example.com/subprocessors; repeatable. Without it, logs name
    /// themselves
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<Origin>,
    /// An older copy of DIR, which the log must continue
    #[arg(long, value_name = "OLDER")]
    against: Option<PathBuf>,
    /// A head that was kept, such as a copy of head/000017.json, which the log must contain; repeatable
    #[arg(long, value_name = "FILE")]
    head: Vec<PathBuf>,
    /// The time at which heads must be valid [default: the system clock]
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

/// What no copy of a log proves by itself.
const UNPROVEN: &str = "\
This does not prove that there is no newer release, or that the publisher did not replace the whole log: only a copy that
you keep, or a witness, shows that. Times are those of the publisher's clock. A head that you or a witness kept proves that
it is not younger, and daily heads bound backdating to a day. Pages and feeds are not signed.";

/// Runs the command and returns its exit status.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let root = public_key(&args.root)?;
    let now = args.now.unwrap_or_else(time::now);
    let folders = list_folders(&args.dir)?;
    let lists = ListFolders { dir: &args.dir, folders: &folders };
    lists.check_origins(&args.origin)?;
    if !args.head.is_empty() && folders.len() > 1 {
        return Err(Failure::usage(
            format!("{} contains several lists, and --head belongs to one", args.dir.display()),
            "pass the folder of that list",
        ));
    }
    let older = args.against.as_deref().map(|older| lists.older_folders(older)).transpose()?;
    for folder in &folders {
        let pin = Pin { root: root.clone(), origin: lists.origin_of(folder, &args.origin) };
        let verified = verify(folder, &pin, now)?;
        lists.check_name(folder, &verified)?;
        if let Some(older) = older.as_ref().and_then(|older| older.get(folder)) {
            check_continues(folder, older, &verified, &root)?;
        }
        for head in &args.head {
            check_contains(folder, head, &verified)?;
        }
    }
    console::note(UNPROVEN);
    Ok(Exit::Clean)
}

/// The folders of lists in a directory. The directory may itself be the folder of a list.
struct ListFolders<'a> {
    dir: &'a Path,
    folders: &'a [PathBuf],
}

impl ListFolders<'_> {
    /// Whether the directory is itself the folder of a list: then its name has no meaning.
    fn is_single(&self) -> bool {
        self.folders == [self.dir]
    }

    /// Checks that each named log has a folder.
    fn check_origins(&self, origins: &[Origin]) -> Result<(), Failure> {
        if self.is_single() && origins.len() > 1 {
            return Err(Failure::usage(
                format!("{} is the folder of one list, and several --origin are given", self.dir.display()),
                "pass the directory that contains the folders of these lists",
            ));
        }
        let missing = origins.iter().find(|origin| !self.is_single() && self.folder_named(origin.list()).is_none());
        match missing {
            Some(origin) => Err(self.incomplete(format!("the list {origin} is not there"))),
            None => Ok(()),
        }
    }

    fn folder_named(&self, list: &str) -> Option<&PathBuf> {
        self.folders.iter().find(|folder| folder.file_name().is_some_and(|name| name == list))
    }

    fn incomplete(&self, what: String) -> Failure {
        Failure::verify(self.dir, VerifyError::Incomplete(what))
    }

    /// The named log that a folder must contain.
    fn origin_of(&self, folder: &Path, origins: &[Origin]) -> Option<Origin> {
        if self.is_single() {
            return origins.first().cloned();
        }
        origins.iter().find(|origin| folder.file_name().is_some_and(|name| name == origin.list())).cloned()
    }

    /// Checks that a folder has the name of its list: otherwise, two lists of one publisher were swapped.
    fn check_name(&self, folder: &Path, verified: &Verified) -> Result<(), Failure> {
        let list = verified.origin.list();
        if self.is_single() || folder.file_name().is_some_and(|name| name == list) {
            return Ok(());
        }
        let path = folder.display().to_string();
        let problem = format!("the folder contains the log of another list, {}", verified.origin);
        Err(Failure::Verify { list: path.clone(), error: Box::new(VerifyError::Inconsistent { path, problem }) })
    }

    /// The folders of an older copy, by the folders that must continue them.
    fn older_folders(&self, older: &Path) -> Result<BTreeMap<PathBuf, PathBuf>, Failure> {
        let of_copy = list_folders(older)?;
        if let ([folder], true) = (self.folders, of_copy == [older]) {
            return Ok(BTreeMap::from([(folder.clone(), older.to_owned())]));
        }
        let mut pairs = BTreeMap::new();
        for copy in of_copy {
            let name = copy.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match self.folder_named(&name) {
                Some(folder) => pairs.insert(folder.clone(), copy),
                None if self.is_single() => None,
                None => return Err(self.incomplete(format!("the list {name} of the older copy is not there"))),
            };
        }
        if pairs.is_empty() {
            return Err(Failure::usage(
                format!("{} does not contain the folder of this list", older.display()),
                "pass the older copy of the same folder",
            ));
        }
        Ok(pairs)
    }
}

/// Checks that a log continues an older copy of it.
fn check_continues(folder: &Path, older: &Path, verified: &Verified, root: &PublicKey) -> Result<(), Failure> {
    let pin = Pin { root: root.clone(), origin: None };
    let kept = ledger::verify(&Folder::at(older), &pin).map_err(|error| Failure::verify(older, error))?;
    report_continuation(folder, older, ledger::compare(&kept, verified))
}

/// Checks that a log contains a head that was kept. A signature next to it, `FILE.sig`, must be one of the log.
fn check_contains(folder: &Path, path: &Path, verified: &Verified) -> Result<(), Failure> {
    let bytes = super::input::regular_file(path)?;
    let signature = signature_of(path);
    let head = if signature.is_file() {
        let signed = Signed { bytes: bytes.clone(), signature: super::input::regular_file(&signature)? };
        ledger::read_kept_head(&signed, verified).map_err(|error| error.to_string())
    } else {
        Head::from_bytes(&bytes).map_err(|error| error.to_string())
    };
    let head = head.map_err(|problem| {
        Failure::usage(format!("{}: {problem}", path.display()), "pass a file that was copied from head/ of this log")
    })?;
    report_continuation(folder, path, ledger::compare_head((&head, Digest::of(&bytes)), verified))
}

/// The path of the signature of a document.
fn signature_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

fn report_continuation(folder: &Path, kept: &Path, result: Result<Continuation, Discontinuity>) -> Result<(), Failure> {
    let (list, kept) = (folder.display().to_string(), kept.display());
    let continuation = result.map_err(|error| Failure::Discontinuity { list: list.clone(), error: Box::new(error) })?;
    let [releases, heads] = [("release", continuation.releases), ("head", continuation.heads)].map(count);
    console::note(&format!("{list}: OK, continues {kept} by {releases} and {heads}"));
    for head in continuation.doubled_heads {
        console::warning(&format!("{list}: head {head} is another one than in {kept}; both cover the same release"));
    }
    Ok(())
}

/// A number of things in words.
fn count((noun, number): (&str, u64)) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Verifies the log in the folder of one list, and reports the result.
///
/// # Errors
/// [`Failure::Verify`] with the first check that failed.
pub fn verify(folder: &Path, pin: &Pin, now: Timestamp) -> Result<Verified, Failure> {
    let name = folder.display().to_string();
    let mut notice = NoticeCheck::new(now);
    let verified = ledger::verify_watched(&Folder::at(folder), pin, Bodies::Dropped, &mut notice)
        .map_err(|error| Failure::verify(folder, error))?;
    verified.check_fresh(now).map_err(|error| Failure::verify(folder, error))?;
    report(&name, &verified, &notice);
    report_windows(&name, &verified, (&notice, now));
    check_script(folder, &name)?;
    Ok(verified)
}

fn report(name: &str, verified: &Verified, notice: &NoticeCheck) {
    let Some((covered, head)) = verified.covered().zip(verified.head()) else { return };
    let list = match verified.list.known() {
        Some(list) => format!("the list has {}", render::count_entries(list.entries().count())),
        None => "the list is withdrawn".to_owned(),
    };
    console::note(&format!(
        "{name}: OK, {} up to {}, and head {} of {}; {list}",
        verified.origin,
        covered.pointer(),
        head.head.number,
        head.head.at
    ));
    for remark in &verified.remarks {
        console::warning(&format!("{name}: {remark}"));
    }
    if verified.reader() == Some(&Edition::CURRENT.reader()) {
        for head in notice.differing_heads(verified) {
            console::warning(&format!(
                "{name}: the notice periods of head {head} are not those that follow from the terms and dates of the log"
            ));
        }
    }
    let not_replayed: Vec<String> = verified.not_replayed().map(|seq| seq.to_string()).collect();
    if !not_replayed.is_empty() {
        console::warning(&format!(
            "{name}: signed but not replayed, because bodies were redacted: {}",
            not_replayed.join(", ")
        ));
    }
}

/// Reports when the newest release was published, and what customers can object to.
fn report_windows(name: &str, verified: &Verified, (notice, now): (&NoticeCheck, Timestamp)) {
    if let Some((release, publication)) = verified.covered().and_then(|release| Some((release, release.publication?))) {
        let seq = release.header.seq;
        let backfilled = if publication.backfilled { ", as history from before the log began" } else { "" };
        console::note(&format!(
            "{name}: release {seq}, the newest one, was published at {}{backfilled}",
            publication.at
        ));
    }
    let windows = notice.open_windows(verified, now);
    if windows.is_empty() {
        console::note(&format!("{name}: no change is open for objection at {now}"));
    }
    for window in windows {
        let OpenWindow { seq, subject, object_by, zone } = window;
        console::note(&format!("{name}: open for objection until {object_by} ({zone}): {subject} (release {seq})"));
    }
}

/// Warns about a published script that differs from that of this program. The script is not signed.
fn check_script(folder: &Path, name: &str) -> Result<(), Failure> {
    let path = folder.join(layout::Path::Script.to_string());
    match fs::read(&path) {
        Ok(script) if script == render::VERIFY_SCRIPT.as_bytes() => Ok(()),
        Ok(_) => {
            console::warning(&format!(
                "{name}: verify.sh is not the script of changecast {}: another version wrote it, or it was altered; \
                 use a copy that you keep",
                env!("CARGO_PKG_VERSION")
            ));
            Ok(())
        }
        // A mirror need not have the script.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::file(&path, error)),
    }
}
