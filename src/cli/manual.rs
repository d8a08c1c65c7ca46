//! `completions` and `man`: help for shells and for `man`, made from the command line itself.

use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Exit, Failure, console};

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Write the manual pages
#[derive(Debug, clap::Args)]
pub struct Man {
    /// The directory for one page per command; without it, changecast(1) goes to standard output
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Prints a completion script.
pub fn completions(args: &Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "changecast", &mut script);
    console::data(&script)?;
    Ok(Exit::Clean)
}

/// Writes the manual pages.
pub fn man(args: &Man) -> Result<Exit, Failure> {
    match &args.dir {
        None => {
            let mut page = Vec::new();
            let failed = |error| Failure::file(std::path::Path::new("changecast.1"), error);
            clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(failed)?;
            console::data(&page)?;
        }
        Some(dir) => {
            std::fs::create_dir_all(dir).map_err(|error| Failure::file(dir, error))?;
            clap_mangen::generate_to(Cli::command(), dir).map_err(|error| Failure::file(dir, error))?;
        }
    }
    Ok(Exit::Clean)
}
