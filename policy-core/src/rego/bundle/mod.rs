//! The compiled form of a policy: bytes that load without the parser and the compiler.
//!
//! What is written is the checked program with its data, the decision and the names of the files: what the planner
//! takes. Plans themselves are not written, so that whatever an evaluation relies on is made by the code that relies
//! on it. What is read is not believed either: sizes and levels are counted while reading, and the checks that keep
//! the planner and the evaluation safe run again.

mod document;
mod envelope;
mod reader;
mod tree;
mod writer;

#[cfg(test)]
mod tests;

use std::fmt;

use thiserror::Error;

use self::reader::Reader;
use self::writer::Writer;
use super::check;
use super::decision::DecisionPath;
use super::error::{Fault, RegoError};
use super::limits::Limits;
use super::syntax;
use super::value::Value;

/// Bytes of a compiled form: the largest data document and program that the limits admit stay below it.
const BYTES: usize = 256 * 1024 * 1024;

/// Terms and expressions of a program. A policy of twenty thousand rules has some five hundred thousand.
const NODES: usize = 8_000_000;

/// Levels of terms and expressions in one another. The parser stops at 128 of its own; what the compiler makes of one
/// has a few more. The checks and the planner recurse along them: 2 MiB of stack are enough.
const DEPTH: usize = 200;

/// Levels of the data document, which [`Limits::data`] keeps below.
const DATA_DEPTH: usize = 128;

/// A policy that was compiled, before it is planned: what is written to a file, and read from it.
///
/// # Does not protect
/// The checksum tells damage from what was written. It does not tell who wrote it: whoever can change the bytes can
/// change the checksum. Keep compiled policies where policies are kept, and fetch them over what proves their origin:
/// an image that is pinned by its digest, or a signature over the file that is verified before it is loaded.
pub struct CompiledPolicy {
    modules: Vec<syntax::Module>,
    data: Value<'static>,
    decision: DecisionPath,
    files: Vec<String>,
}

/// Why bytes are no compiled policy that can be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CompiledError {
    /// They do not begin as a compiled policy does.
    #[error("this is not a compiled policy; make one with `doorward compile`")]
    Foreign,
    /// They are of another version of the form.
    #[error("the compiled policy has version {found} of the form, this engine reads {wanted}; compile it again", wanted = envelope::FORMAT)]
    Format {
        /// The version it has.
        found: u32,
    },
    /// Another engine has compiled them, whose meaning might be another.
    #[error("the compiled policy is of another version of the engine; compile it again")]
    Engine,
    /// The checksum is not theirs: something was changed, cut off or added.
    #[error("the compiled policy is damaged; copy it again, or compile it again")]
    Damaged,
    /// The checksum is right, but what it is about is no program.
    #[error("the compiled policy is malformed: {0}; compile it again")]
    Malformed(&'static str),
    /// More of something than may be.
    #[error("the compiled policy is too large: {0}; give it less")]
    TooLarge(&'static str),
    /// The program is none that could be evaluated.
    #[error("the compiled policy is refused{}", .0.first().map(|error| format!(": {error}")).unwrap_or_default())]
    Refused(Vec<RegoError>),
}

impl CompiledError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Foreign => "compiled_foreign",
            Self::Format { .. } => "compiled_format",
            Self::Engine => "compiled_engine",
            Self::Damaged => "compiled_damaged",
            Self::Malformed(_) => "compiled_malformed",
            Self::TooLarge(_) => "compiled_too_large",
            Self::Refused(_) => "compiled_refused",
        }
    }
}

impl CompiledPolicy {
    /// A program that the compiler has let pass.
    pub(super) fn new(
        modules: Vec<syntax::Module>,
        data: Value<'static>,
        decision: DecisionPath,
        files: Vec<String>,
    ) -> Self {
        Self { modules, data, decision, files }
    }

    /// The bytes: the same for the same policy.
    ///
    /// # Errors
    /// If there would be more than a reader takes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CompiledError> {
        let Self { modules, data, decision, files } = self;
        let mut body = Writer::default();
        body.items(files, |writer, file| {
            writer.text(file);
            Ok(())
        })?;
        body.items(decision.segments(), |writer, segment| {
            writer.text(segment);
            Ok(())
        })?;
        body.value(data)?;
        body.items(modules, Writer::module)?;
        envelope::seal(&body)
    }

    /// What [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// If it is anything else, or nothing that can be evaluated.
    pub fn from_bytes(bytes: &[u8], limits: &Limits) -> Result<Self, CompiledError> {
        let mut reader = Reader::new(envelope::open(bytes)?)?;
        let files = reader.items(|reader| Ok(String::from(&*reader.text()?)))?;
        let segments = reader.items(|reader| Ok(String::from(&*reader.text()?)))?;
        let decision = DecisionPath::parse(&segments.join("/"))
            .map_err(|_| CompiledError::Malformed("its decision is no path"))?;
        reader.limit_nodes(limits.data_nodes);
        let data = reader.value()?;
        reader.limit_nodes(NODES);
        let modules = reader.items(Reader::module)?;
        reader.end()?;
        let compiled = Self { modules, data, decision, files };
        compiled.check(limits)?;
        Ok(compiled)
    }

    /// The document that it decides with.
    #[must_use]
    pub fn decision(&self) -> &DecisionPath {
        &self.decision
    }

    /// The names of the files that it was compiled from.
    #[must_use]
    pub fn files(&self) -> &[String] {
        &self.files
    }

    pub(super) fn modules(&self) -> &[syntax::Module] {
        &self.modules
    }

    pub(super) fn data(&self) -> &Value<'static> {
        &self.data
    }

    pub(super) fn into_files(self) -> Vec<String> {
        self.files
    }

    /// Errors with the names of files.
    pub(super) fn refused(&self, faults: Vec<Fault>) -> CompiledError {
        CompiledError::Refused(faults.into_iter().map(|fault| fault.in_files(&self.files)).collect())
    }

    /// What a well-formed program could still have that planning or evaluating it relies on not being there.
    fn check(&self, limits: &Limits) -> Result<(), CompiledError> {
        let rules: usize = self.modules.iter().map(|module| module.rules.len()).sum();
        if self.modules.is_empty() {
            return Err(CompiledError::Malformed("it has no module"));
        }
        if self.modules.len() > limits.modules || rules > compiled_rules(limits) {
            return Err(CompiledError::TooLarge("modules or rules"));
        }
        if !self.data.is_object() {
            return Err(CompiledError::Malformed("its data is no object"));
        }
        tree::check(&self.modules)?;
        for find in [check::undefined_functions, check::recursion, check::banned_builtins] {
            self.settle(find(&self.modules))?;
        }
        self.settle(check::rule_conflicts(&self.modules, &self.data))
    }

    fn settle(&self, faults: Vec<Fault>) -> Result<(), CompiledError> {
        if faults.is_empty() { Ok(()) } else { Err(self.refused(faults)) }
    }
}

/// Rules that the compiler may make of as many as a policy may have: what heads compute gets rules of its own.
fn compiled_rules(limits: &Limits) -> usize {
    limits.rules.saturating_mul(4)
}

impl fmt::Debug for CompiledPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CompiledPolicy({} modules for {})", self.modules.len(), self.decision)
    }
}
