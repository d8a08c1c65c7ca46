//! `schema`: the shapes that the program reads and writes, as JSON Schema.

use clap::ValueEnum;

use super::{Exit, Failure, console};

/// Print the JSON Schema of the configuration, the inventory or a release
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which
    #[arg(value_enum)]
    of: Shape,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shape {
    /// changecast.yaml
    Config,
    /// A native inventory, in YAML, JSON or TOML
    Inventory,
    /// A document of the signed log
    Release,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let schema = match args.of {
        Shape::Config => include_str!("../../data/schema/config.schema.json"),
        Shape::Inventory => include_str!("../../data/schema/inventory.schema.json"),
        Shape::Release => include_str!("../../data/schema/release.schema.json"),
    };
    console::data(schema.as_bytes())?;
    Ok(Exit::Clean)
}
