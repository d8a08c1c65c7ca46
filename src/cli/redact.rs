//! `redact`: removes the content of releases, where the law requires it.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    path::Path,
};

use changecast::{
    config::ListConfig,
    output::{Folder, Found},
    publish::{PublishError, RootStatement},
};
use changecast_core::ledger::{self, Fetch, IndexFile, Json, canonical, layout};

use super::{
    Exit, Failure, console,
    publish::{self, Purpose, output_dir},
    root_statement::{Target, sign},
};

/// Remove the content of releases, where the law requires it
///
/// Signs a release with a snapshot of the current list, deletes the bodies of the named releases, and renders all pages and
/// feeds again without them. Headers and signatures stay, so that the log still verifies; every verifier reports the gap. Find
/// the bodies by a text in them with --mentions. First remove the text from the page and publish that change.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The numbers of the releases
    #[arg(value_name = "SEQ", required_unless_present = "mentions")]
    seq: Vec<u64>,
    /// All releases with this text in their bodies; upper and lower case are the same; repeatable
    #[arg(long, value_name = "TEXT")]
    mentions: Vec<String>,
    /// The legal ground, as it will be published
    #[arg(long, value_name = "TEXT")]
    ground: String,
    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    target: Target,
}

/// Runs the command and returns its exit status.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    if args.ground.trim().is_empty() {
        return Err(Failure::usage("--ground is empty", "state the law or the order that requires the removal"));
    }
    let history = args.target.repo.history()?;
    let config = args.target.repo.config(&history)?;
    let dir = output_dir(args.target.output.as_deref(), &config, &history);
    let [list] = args.target.lists(&config)?[..] else {
        return Err(Failure::usage("several lists are configured", "choose one with --list"));
    };
    let log = PublishedBodies::open(&dir, list)?;
    let releases = log.selected(args)?;
    log.check_list(&args.mentions)?;
    confirm(args, list, &releases)?;
    let signers = args.target.signers()?;
    let target = Target { list: Some(list.id.clone()), ..args.target.clone() };
    sign(&target, &signers, &RootStatement::Redact { releases, ground: args.ground.trim().to_owned() })?;
    let mut publication = publish::Args::default();
    publication.repo = target.repo.clone();
    publication.output = target.output.clone();
    publication.key = target.key.clone();
    publication.now = target.now;
    publish::execute(&publication, &Purpose::Redact)
}

/// The bodies of a published log.
struct PublishedBodies {
    folder: Folder,
    list: Json,
    bodies: Vec<(u64, Json)>,
}

impl PublishedBodies {
    fn open(dir: &Path, list: &ListConfig) -> Result<Self, Failure> {
        let folder = Found::at(dir).folder(list.id.as_str());
        let Some(index) = read(&folder, list, layout::Path::Index)? else {
            return Err(PublishError::NoHead(list.id.clone()).into());
        };
        let index = IndexFile::from_bytes(&index).map_err(|error| {
            Failure::usage(format!("{}/index.json: {error}", list.id), "run `changecast publish` first")
        })?;
        let mut bodies = Vec::new();
        for seq in 0..=index.release {
            let Some(bytes) = read(&folder, list, layout::Path::Body(seq))? else { continue };
            bodies.push((seq, parsed(list, &bytes)?));
        }
        let content = read(&folder, list, layout::Path::List)?.unwrap_or_default();
        Ok(PublishedBodies { folder, list: parsed(list, &content)?, bodies })
    }

    /// The named releases, and those with one of the texts in their bodies.
    fn selected(&self, args: &Args) -> Result<Vec<u64>, Failure> {
        let mut releases = args.seq.clone();
        let mentioning = self.bodies.iter().filter(|(_, body)| args.mentions.iter().any(|text| mentions(body, text)));
        releases.extend(mentioning.map(|(seq, _)| seq));
        releases.sort_unstable();
        releases.dedup();
        let without = releases.iter().find(|seq| !self.bodies.iter().any(|(with, _)| with == *seq));
        if let Some(seq) = without {
            return Err(Failure::usage(
                format!("release {seq} has no body in {}", self.folder.path().display()),
                "the folder log/ of the list contains the bodies, by number",
            ));
        }
        if releases.is_empty() {
            return Err(Failure::usage("no body contains the text", "pass the text as the pages show it"));
        }
        Ok(releases)
    }

    /// The redaction contains a snapshot of the current list, so that this must not have the text any more.
    fn check_list(&self, texts: &[String]) -> Result<(), Failure> {
        match texts.iter().find(|text| mentions(&self.list, text)) {
            Some(text) => Err(Failure::usage(
                format!("the current list still contains {text:?}"),
                "remove it from the page, commit and publish; then redact all releases with it",
            )),
            None => Ok(()),
        }
    }
}

fn read(folder: &Folder, list: &ListConfig, path: layout::Path) -> Result<Option<Vec<u8>>, Failure> {
    let bytes = folder.get(&path.to_string());
    bytes.map_err(|error| Failure::Verify {
        list: list.id.to_string(),
        error: Box::new(ledger::VerifyError::Fetch { path: path.to_string(), error }),
    })
}

fn parsed(list: &ListConfig, bytes: &[u8]) -> Result<Json, Failure> {
    canonical::from_bytes(bytes, canonical::MAX_BODY).map_err(|error| {
        Failure::usage(format!("{}: {error}", list.id), "run `changecast verify` on the output directory")
    })
}

/// Whether a text contains another one, in any case of letters.
fn contains(content: &str, text: &str) -> bool {
    content.to_lowercase().contains(&text.to_lowercase())
}

/// Whether a document contains a text, also where links divide it into several spans.
fn mentions(value: &Json, text: &str) -> bool {
    match value {
        Json::Text(content) => contains(content, text),
        Json::Object(members) => members.iter().any(|(key, value)| contains(key, text) || mentions(value, text)),
        Json::Array(items) => {
            let joined: String = items.iter().filter_map(|item| item.text("text")).collect();
            contains(&joined, text) || items.iter().any(|item| mentions(item, text))
        }
        _ => false,
    }
}

/// Shows what will be removed, and asks.
fn confirm(args: &Args, list: &ListConfig, releases: &[u64]) -> Result<(), Failure> {
    let numbers: Vec<String> = releases.iter().map(u64::to_string).collect();
    console::note(&format!(
        "{}: the bodies of these releases will be deleted for ever, and their entries leave all pages and feeds: {}",
        list.id,
        numbers.join(", ")
    ));
    if args.yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::usage("the removal was not confirmed", "check the releases above, and pass --yes"));
    }
    eprint!("Type \"yes\" to continue: ");
    let mut answer = String::new();
    let answered = io::stderr().flush().and_then(|()| io::stdin().lock().read_line(&mut answer));
    match answered {
        Ok(_) if answer.trim() == "yes" => Ok(()),
        _ => Err(Failure::usage("the removal was not confirmed", "no file was written")),
    }
}
