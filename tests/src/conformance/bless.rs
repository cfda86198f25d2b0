//! OPA's answers put into the corpus.

use std::fs;
use std::path::Path;

use super::corpus::{self, Case, File, want};
use super::source::{Source, Version};
use super::write;
use crate::{Context, Error, Result};

/// Asks OPA every question of the corpus and writes the files as they are to be. Gives the number of policies, and of
/// files that changed.
///
/// # Errors
/// A file cannot be read or written, or OPA's library failed.
pub fn bless(folder: &Path) -> Result<(usize, usize)> {
    let (mut policies, mut changed) = (0, 0);
    for mut file in corpus::load(folder)? {
        for case in &mut file.cases {
            bless_case(case).context(|| format!("{}#{}", file.id, case.name))?;
        }
        policies += file.questions().count();
        let path = folder.join(&file.id).with_extension("yaml");
        let text = text(&file)?;
        if fs::read_to_string(&path).context(|| format!("read {}", path.display()))? != text {
            changed += 1;
            fs::write(&path, text).context(|| format!("write {}", path.display()))?;
        }
    }
    Ok((policies, changed))
}

/// The text of a file, which reads back as the file.
///
/// # Errors
/// It would not.
pub fn text(file: &File) -> Result<String> {
    let text = write::file(file);
    match File::parse(&text, &file.id)? == *file {
        true => Ok(text),
        false => Err(Error::new(format!("{} would not read back as it is", file.id))),
    }
}

fn bless_case(case: &mut Case) -> Result<()> {
    let source = |modules: &[String]| Source {
        modules: modules.to_vec(),
        version: Version::V1,
        data: case.data.clone(),
    };
    let modules = if case.v0 { &case.same } else { &case.modules };
    if !modules.is_empty() {
        let opa = source(modules).opa()?;
        for ask in &mut case.asks {
            ask.want = want(&opa.evaluate(&case.ask, &ask.input)?);
        }
    }
    for expression in &mut case.each {
        expression.want = want(&source(&[expression.policy()]).ask_opa("t/r", &case.input)?);
    }
    Ok(())
}
