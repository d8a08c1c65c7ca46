//! `completions` and `man`: generates completion scripts and manual pages from the command line's definition.

use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Exit, Failure, console};

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// The shell that reads the script
    #[arg(value_enum)]
    shell: Shell,
}

/// Write the manual pages
#[derive(Debug, clap::Args)]
pub struct Man {
    /// Write a page for each command to this directory [default: print changecast(1)]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Prints a completion script.
///
/// # Errors
/// [`Failure`] if standard output cannot be written to.
pub fn completions(args: &Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "changecast", &mut script);
    console::data(&script)?;
    Ok(Exit::Clean)
}

/// Writes the manual pages to a directory, or the main one to standard output.
///
/// # Errors
/// [`Failure`] if a file or standard output cannot be written to.
pub fn man(args: &Man) -> Result<Exit, Failure> {
    match &args.dir {
        None => {
            let mut page = Vec::new();
            let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
            rendered.map_err(|error| Failure::file(Path::new("changecast.1"), error))?;
            console::data(&page)?;
        }
        Some(dir) => {
            std::fs::create_dir_all(dir).map_err(|error| Failure::file(dir, error))?;
            clap_mangen::generate_to(Cli::command(), dir).map_err(|error| Failure::file(dir, error))?;
        }
    }
    Ok(Exit::Clean)
}
