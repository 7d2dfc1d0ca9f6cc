//! `package-papers DIRECTORY`: what a package has beside the program, written from what the program is built of.
//!
//! A program of its own, so that the server carries no writer of manual pages. It runs where the sources are.

mod bill;
mod manual;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use clap_complete::Shell;

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let (Some(directory), None) = (arguments.next(), arguments.next()) else {
        eprintln!("package-papers DIRECTORY");
        return ExitCode::from(2);
    };
    match write_all(&PathBuf::from(directory)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("package-papers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write_all(directory: &Path) -> Result<(), Box<dyn Error>> {
    manual::write(&made(directory, "man")?)?;
    let completions = made(directory, "completions")?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut certdeck::command::definition(), "certdeck", &completions)?;
    }
    fs::write(directory.join("certdeck.cdx.json"), bill::of_materials()?)?;
    Ok(())
}

fn made(directory: &Path, name: &str) -> std::io::Result<PathBuf> {
    let path = directory.join(name);
    fs::create_dir_all(&path)?;
    Ok(path)
}
