//! `schema`: prints the JSON Schemas of the files that the program reads and writes.

use clap::ValueEnum;

use super::{Exit, Failure, console};

/// Print the JSON Schema of a file that the program reads or writes
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The kind of file
    #[arg(value_enum)]
    file: FileKind,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FileKind {
    /// The configuration file, changecast.yaml
    Config,
    /// A native inventory, in YAML, JSON or TOML
    Inventory,
    /// A document of the signed log
    Release,
    /// The profile of a customer, for assess
    Profile,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] if the command cannot complete.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let schema = match args.file {
        FileKind::Config => include_str!("../../data/schema/config.schema.json"),
        FileKind::Inventory => include_str!("../../data/schema/inventory.schema.json"),
        FileKind::Release => include_str!("../../data/schema/release.schema.json"),
        FileKind::Profile => include_str!("../../data/schema/profile.schema.json"),
    };
    console::data(schema.as_bytes())?;
    Ok(Exit::Clean)
}
