//! Which rules a run uses.

use std::path::PathBuf;

use clap::Args;

use super::error::CliError;
use crate::rules::{self, PackSource, RuleSet};
use crate::store;

/// What every subcommand that runs rules takes.
#[derive(Debug, Args)]
pub(super) struct RuleArguments {
    /// Rule packs to add, files or folders
    #[arg(long, value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// Use only the packs given by --rules
    #[arg(long)]
    no_builtin: bool,
}

impl RuleArguments {
    pub(super) fn compile(&self) -> Result<RuleSet, CliError> {
        if self.no_builtin && self.rules.is_empty() {
            return Err(CliError::usage(
                "no rules at all",
                "name a pack with --rules, or leave --no-builtin away",
            ));
        }
        let mut packs = if self.no_builtin { Vec::new() } else { rules::builtin_packs() };
        packs.extend(load(&self.rules)?);
        RuleSet::compile(&packs).map_err(CliError::Packs)
    }
}

/// Returns the packs at some paths.
pub(super) fn load(paths: &[PathBuf]) -> Result<Vec<PackSource>, CliError> {
    let mut packs = Vec::new();
    for path in paths {
        packs.extend(store::load_packs(path)?);
    }
    Ok(packs)
}
