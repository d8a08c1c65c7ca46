//! `demo`: a small repository with a history, published, verified and shown.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use changecast::{
    config::{Config, ListConfig, YamlFile, from_yaml},
    history::{Branch, FixtureCommit, History, Walk, create_repo},
    output::{Found, Output},
    publish::{self, Correct, ListSource, Plan, Progress, PublishError, Request, RootKeys, Scope, Signing},
    render::{self, Announcement},
};
use changecast_core::{
    ledger::{Digest, Origin, Pin},
    model::{CommitId, ListId, Text, Timestamp},
    sign::{Secret, Signer},
};
use serde::Deserialize;

use super::{Exit, Failure, console, context::load_config, verify};

/// Create an example repository, publish it with signatures, and verify the result
///
/// Creates DIR/repo, DIR/feeds and DIR/root.pub. The keys are the same everywhere and are contained in
/// this program, so never use them for anything else. Running the command again changes no file.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory to create the example in
    #[arg(default_value = "changecast-demo", value_name = "DIR")]
    dir: PathBuf,
}

/// One step of the demo's history, as data/demo/history.yaml writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    date: Timestamp,
    author: String,
    message: String,
    #[serde(default)]
    onto: Target,
    #[serde(default)]
    write: BTreeMap<String, String>,
    #[serde(default)]
    edit: BTreeMap<String, Vec<Edit>>,
    #[serde(default, rename = "move")]
    moves: BTreeMap<String, String>,
    #[serde(default)]
    delete: Vec<String>,
    correct: Option<CorrectStep>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Target {
    #[default]
    Main,
    Side,
    Merge,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    from: String,
    to: String,
}

/// A correction to publish once the history has come to this step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CorrectStep {
    list: ListId,
    /// The message of the commit, to find the release that is corrected.
    release_of: String,
    reason: String,
}

const SCRIPT: &str = include_str!("../../data/demo/history.yaml");

/// The seeds of the demo's keys: their names, digested.
const KEYS: [&str; 2] =
    ["changecast demo root key, known to everyone", "changecast demo release key, known to everyone"];

/// Runs the command and returns its exit status.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let steps: Vec<Step> = from_yaml(YamlFile::Config, "data/demo/history.yaml", SCRIPT)?;
    let repo = args.dir.join("repo");
    let ids = repository(&repo, &steps)?;
    let history = History::open(&repo)?;
    let config_path = repo.join("changecast.yaml");
    let config = load_config(&config_path)?;
    let [root, release] = KEYS.map(|name| Secret::from_seed(&Digest::of(name.as_bytes()).bytes(), name));
    let pin = args.dir.join("root.pub");
    let line = format!("{} {}\n", root.public(), KEYS[0]);
    if fs::read_to_string(&pin).ok().as_deref() != Some(&line) {
        fs::write(&pin, &line).map_err(|error| Failure::file(&pin, error))?;
    }
    let (root_public, root, release) = (root.public(), Signer::Secret(root), Signer::Secret(release));
    let feeds = args.dir.join("feeds");
    let output = Output::open(&feeds)?;
    let signing = Signing::Keys { release: &release, root: Some(RootKeys { key: &root, others: &[] }) };
    let authority = config.publisher.authority.domain();
    let origins = config.lists.iter().map(|list| Origin::new(authority, &list.id).map_err(PublishError::from));
    let origins: Vec<Origin> = origins.collect::<Result<_, _>>()?;
    let demo = Demo { config: &config, history: &history, signing, feeds: &feeds, output: &output };
    for list in &config.lists {
        demo.publish_steps(list, &steps, &ids)?;
    }
    let end = steps.last().map_or(Timestamp::from_unix_clamped(0), |step| later(step.date, 2));
    let written = demo.publish(config.lists.clone(), None, None, end, Scope::All)?;
    drop(output);
    for (list, origin) in config.lists.iter().zip(&origins) {
        let pin = Pin { root: root_public.clone(), origin: Some(origin.clone()) };
        verify::verify(&feeds.join(list.id.as_str()), &pin, end)?;
    }
    show(&config, &history)?;
    console::note(&format!(
        "\n{written} files written. Look at\n  {0}/feeds/index.html               the pages\n  {0}/feeds/subprocessors/feed.atom   a feed\n  {0}/feeds/subprocessors/log/        the signed log\nand check it with other people's tools:\n  sh {0}/feeds/subprocessors/verify.sh {0}/root.pub {1}",
        args.dir.display(),
        origins[0]
    ));
    Ok(Exit::Clean)
}

/// Builds the repository, or takes the existing one if it is equal.
fn repository(dir: &Path, steps: &[Step]) -> Result<Vec<CommitId>, Failure> {
    let script = script(steps)?;
    let temporary = dir.with_file_name("repo.building");
    if temporary.exists() {
        fs::remove_dir_all(&temporary).map_err(|error| Failure::file(&temporary, error))?;
    }
    fs::create_dir_all(&temporary).map_err(|error| Failure::file(&temporary, error))?;
    let ids = create_repo(&temporary, &script)?;
    if dir.symlink_metadata().is_err() {
        fs::rename(&temporary, dir).map_err(|error| Failure::file(dir, error))?;
        return Ok(ids);
    }
    fs::remove_dir_all(&temporary).map_err(|error| Failure::file(&temporary, error))?;
    let found = History::open(dir).and_then(|history| history.resolve(None));
    if found.ok().as_ref() != ids.last() {
        let message = format!("{} exists, and is not the demo's repository", dir.display());
        return Err(Failure::usage(message, "remove it, or name another directory"));
    }
    Ok(ids)
}

fn script(steps: &[Step]) -> Result<Vec<FixtureCommit>, Failure> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut script = Vec::new();
    for step in steps {
        let mut changed: BTreeMap<String, Option<Vec<u8>>> = BTreeMap::new();
        for (from, to) in &step.moves {
            let text = files.remove(from).ok_or_else(|| bad_step(step, from))?;
            changed.insert(from.clone(), None);
            changed.insert(to.clone(), Some(text.clone().into_bytes()));
            files.insert(to.clone(), text);
        }
        for path in &step.delete {
            files.remove(path).ok_or_else(|| bad_step(step, path))?;
            changed.insert(path.clone(), None);
        }
        for (path, text) in &step.write {
            files.insert(path.clone(), text.clone());
            changed.insert(path.clone(), Some(text.clone().into_bytes()));
        }
        for (path, edits) in &step.edit {
            let text = files.get_mut(path).ok_or_else(|| bad_step(step, path))?;
            for edit in edits {
                if text.matches(edit.from.as_str()).count() != 1 {
                    return Err(bad_step(step, &format!("{path} ({:?})", edit.from)));
                }
                *text = text.replacen(edit.from.as_str(), &edit.to, 1);
            }
            changed.insert(path.clone(), Some(text.clone().into_bytes()));
        }
        script.push(FixtureCommit {
            time: step.date.utc().timestamp(),
            author: step.author.clone(),
            message: format!("{}\n", step.message),
            files: changed.into_iter().collect(),
            branch: match step.onto {
                Target::Main => Branch::Main,
                Target::Side => Branch::Side,
                Target::Merge => Branch::Merge,
            },
        });
    }
    Ok(script)
}

/// A step of the script that does not fit its files, which is a fault of this program.
fn bad_step(step: &Step, path: &str) -> Failure {
    let message = format!("the step {:?} of the demo does not fit {path}", step.message);
    Failure::usage(message, "please report this as a bug")
}

struct Demo<'a> {
    config: &'a Config,
    history: &'a History,
    signing: Signing<'a>,
    feeds: &'a Path,
    output: &'a Output,
}

impl Demo<'_> {
    /// Publishes a list at each of its changes, an hour after the commit, and corrects releases where the script
    /// asks for it. Files of an earlier run stay unchanged.
    fn publish_steps(&self, list: &ListConfig, steps: &[Step], ids: &[CommitId]) -> Result<(), Failure> {
        let rows = publish::change_log(self.history, &Walk::default(), &ListSource::from(list), Progress::NONE)?;
        let announced: Vec<&CommitId> =
            rows.iter().filter(|row| !row.announced().is_empty()).map(|row| &row.commit).collect();
        for (step, id) in steps.iter().zip(ids) {
            let correct = step.correct.as_ref().filter(|correct| correct.list == list.id);
            if !announced.contains(&id) && correct.is_none() {
                continue;
            }
            let published = self.publish(vec![list.clone()], Some(id), None, later(step.date, 1), Scope::New);
            match published {
                Err(Failure::Publish(error)) if matches!(*error, PublishError::Behind { .. }) => continue,
                published => published?,
            };
            if let Some(correct) = correct {
                self.correct(list, correct, steps, ids, (id, step.date))?;
            }
        }
        Ok(())
    }

    /// Corrects the release of an earlier step, two hours after the commit of this one.
    fn correct(
        &self,
        list: &ListConfig,
        correct: &CorrectStep,
        steps: &[Step],
        ids: &[CommitId],
        (tip, date): (&CommitId, Timestamp),
    ) -> Result<(), Failure> {
        let wrong = steps.iter().zip(ids).find(|(step, _)| step.message == correct.release_of).map(|(_, id)| id);
        let plan = self.plan(vec![list.clone()], Some(tip), None, later(date, 2), Scope::All)?;
        let of_wrong = |announcement: &&Announcement| announcement.commit.as_deref() == wrong.map(CommitId::as_str);
        let announcement = plan.lists.iter().flat_map(|list| &list.announcements).find(of_wrong);
        let seq = announcement.map(|announcement| announcement.release.seq).ok_or_else(|| {
            Failure::usage(
                format!("the demo has no release of {:?}", correct.release_of),
                "please report this as a bug",
            )
        })?;
        let correct = Correct { list: list.id.clone(), seq, reason: Text::new(&correct.reason) };
        self.publish(vec![list.clone()], Some(tip), Some(correct), later(date, 2), Scope::New)?;
        Ok(())
    }

    /// Publishes lists up to a commit, and returns the number of files that were written.
    fn publish(
        &self,
        lists: Vec<ListConfig>,
        tip: Option<&CommitId>,
        correct: Option<Correct>,
        now: Timestamp,
        scope: Scope,
    ) -> Result<usize, Failure> {
        Ok(self.output.write(&self.plan(lists, tip, correct, now, scope)?.files)?.len())
    }

    fn plan(
        &self,
        lists: Vec<ListConfig>,
        tip: Option<&CommitId>,
        correct: Option<Correct>,
        now: Timestamp,
        scope: Scope,
    ) -> Result<Plan, Failure> {
        let config = Config { lists, ..self.config.clone() };
        let request = Request {
            tip: tip.map(CommitId::to_string),
            removals: publish::AllowedRemovals(usize::MAX),
            correct,
            scope,
            ..Request::new(&config, self.history, self.signing, now)
        };
        Ok(publish::publish(&request, &Found::at(self.feeds))?)
    }
}

/// A time some hours later.
fn later(time: Timestamp, hours: i64) -> Timestamp {
    Timestamp::from_unix_clamped(time.seconds() + hours * 3_600)
}

/// The change log of every list, as `log` shows it.
fn show(config: &Config, history: &History) -> Result<(), Failure> {
    for list in &config.lists {
        let rows = publish::change_log(history, &Default::default(), &ListSource::from(list), Progress::NONE)?;
        let rows = super::log::newest_first_rows(&rows);
        let text = format!("\n{}\n{}", list.title, render::terminal_change_log(&rows, console::style()));
        console::data(text.as_bytes())?;
    }
    Ok(())
}
