//! `notice`: states that customers were notified of a release, and writes drafts of the message.

use std::path::PathBuf;

use changecast::{
    config::{Config, ListConfig},
    output::{self, Found, Output},
    publish::{self, PublishError},
};
use changecast_core::{
    ledger::Statement,
    model::{ListId, Timestamp, terms::Channel},
};
use chrono::NaiveDate;
use clap::builder::PossibleValuesParser;

use super::{Exit, Failure, console, context::RepoArgs, keys, publish::output_dir, time};

/// Write the message that notifies customers of a release, and state when it was sent
///
/// `--to FILE` writes a draft of an e-mail, with a calendar of the deadlines, and does not send it. `--sent DATE` signs a head which
/// states that customers were notified. Where the notice terms promise an e-mail, periods count from that date, and pages show
/// both dates after the next `publish`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("action").required(true).multiple(true))]
pub struct Args {
    /// The number of the release
    #[arg(value_name = "SEQ")]
    seq: u64,
    #[command(flatten)]
    repo: RepoArgs,
    /// The list, if there are several
    #[arg(long, value_name = "ID")]
    list: Option<ListId>,
    /// The output directory [default: `output` in the configuration]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write a draft (.eml) to this file; `-` is standard output
    #[arg(long, value_name = "FILE", group = "action")]
    to: Option<PathBuf>,
    /// State that customers were notified on this day, or at this instant
    #[arg(long, value_name = "DATE", group = "action", requires = "channel")]
    sent: Option<String>,
    /// How they were notified
    #[arg(long, value_name = "CHANNEL", requires = "sent", value_parser = PossibleValuesParser::new(Channel::WORDS))]
    channel: Option<String>,
    /// The release key: a private key file, or a public key file to sign with ssh-agent [env: CHANGECAST_KEY, the key itself]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The time of the head [default: the system clock]
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

/// Runs the command and returns its exit status.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let history = args.repo.history()?;
    let config = args.repo.config(&history)?;
    let dir = output_dir(args.output.as_deref(), &config, &history);
    let list = chosen(&config, args.list.as_ref())?;
    // Opening the output creates its folder.
    if !dir.is_dir() {
        return Err(PublishError::NoHead(list.id.clone()).into());
    }
    let now = args.now.unwrap_or_else(time::now);
    if let Some((sent, channel)) = args.sent.as_ref().zip(args.channel.as_ref()) {
        check_date(sent, now)?;
        keys::check_untracked(&history, args.key.as_deref())?;
        let Some(key) = keys::release(args.key.as_deref())? else {
            return Err(Failure::usage(
                "no key to sign with",
                "pass the release key with --key FILE (or set CHANGECAST_KEY)",
            ));
        };
        // Lock the output before reading the log, so that the head still fits when it is written.
        let output = Output::open(&dir)?;
        let statement = Statement { seq: args.seq, sent: sent.clone(), channel: channel.clone() };
        match publish::notification_head(&config, list, &Found::at(&dir), (now, &key), statement)? {
            Some(planned) => {
                output.write(&planned.files)?;
                let number = planned.head.number;
                console::note(&format!(
                    "{}: head {number} states the notification; `changecast publish` updates the pages",
                    list.id
                ));
            }
            None => console::note(&format!("{}: a head states this notification already", list.id)),
        }
    }
    if let Some(path) = &args.to {
        let draft = publish::draft(&config, list, &Found::at(&dir), now, args.seq)?;
        if path.as_os_str() == "-" {
            console::data(draft.as_bytes())?;
        } else {
            output::replace(path, draft.as_bytes())?;
            console::note(&format!("{}: a draft without recipients, which was not sent", path.display()));
        }
    }
    Ok(Exit::Clean)
}

/// The list of this id, or the only one.
fn chosen<'c>(config: &'c Config, id: Option<&ListId>) -> Result<&'c ListConfig, Failure> {
    let ids: Vec<String> = config.lists.iter().map(|list| list.id.to_string()).collect();
    let chosen = match (id, config.lists.as_slice()) {
        (Some(id), lists) => lists.iter().find(|list| list.id == *id),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    chosen.ok_or_else(|| {
        Failure::usage("the command is about one list", format!("choose one with --list: {}", ids.join(", ")))
    })
}

/// Checks that a text is a day or instant that is not in the future. A day may have begun in an eastern zone.
fn check_date(text: &str, now: Timestamp) -> Result<(), Failure> {
    let tomorrow = now.date().succ_opt().unwrap_or(now.date());
    let is_past = match (text.parse::<NaiveDate>(), text.parse::<Timestamp>()) {
        (Ok(day), _) => day <= tomorrow,
        (Err(_), Ok(instant)) => instant <= now,
        (Err(_), Err(_)) => {
            return Err(Failure::usage(
                format!("--sent {text:?} is not a date"),
                "write the day of the notification, such as 2026-01-31, or an instant such as 2026-01-31T12:00:00Z",
            ));
        }
    };
    if is_past {
        return Ok(());
    }
    Err(Failure::usage(format!("--sent {text} is in the future"), "state a notification after it was sent"))
}
