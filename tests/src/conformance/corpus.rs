//! The cases that are written by hand: `tests/conformance/policies/FAMILY/*.yaml`.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::source::{Source, Version};
use crate::opa::Answer;
use crate::{Context, Error, Result};

/// A file of the corpus: one construct, or one family of built-ins.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What the file shows.
    pub note: String,
    /// The cases.
    pub cases: Vec<Case>,
    /// `FAMILY/NAME`, from the file's place.
    #[serde(skip)]
    pub id: String,
}

/// A policy and what it is asked; or expressions, each of which is a policy.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// A sentence, unique in its file.
    pub name: String,
    /// The modules.
    #[serde(default)]
    pub modules: Vec<String>,
    /// The modules are Rego v0. OPA's library reads v1 only: it is given `same`.
    #[serde(default)]
    pub v0: bool,
    /// What the v0 modules mean, in v1. Without it OPA is not asked, and what is wanted is written by hand.
    #[serde(default)]
    pub same: Vec<String>,
    /// The data document.
    #[serde(default = "empty")]
    pub data: String,
    /// The document that is asked for.
    #[serde(default = "package")]
    pub ask: String,
    /// The inputs, with OPA's answers.
    #[serde(default)]
    pub asks: Vec<Ask>,
    /// Expressions: each is the policy `package t` with the rule `r := EXPRESSION`, and is asked for `t/r`.
    #[serde(default)]
    pub each: Vec<Expression>,
    /// The input of every expression.
    #[serde(default)]
    pub input: String,
}

/// An input and OPA's answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The input in JSON; empty is none.
    #[serde(default)]
    pub input: String,
    /// OPA's answer, as [`want`] writes it; empty until `conformance bless` filled it in.
    #[serde(default)]
    pub want: String,
}

/// An expression and OPA's answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expression {
    /// The expression, on one line.
    pub expr: String,
    /// As in [`Ask`].
    #[serde(default)]
    pub want: String,
}

/// One policy of the corpus with its questions.
pub struct Question<'a> {
    /// `FAMILY/NAME#CASE`, for expressions with `: EXPRESSION`.
    pub id: String,
    /// What our engine is given.
    pub ours: Source,
    /// What OPA is given; `None`: it is not asked.
    pub opa: Option<Source>,
    /// The document that is asked for.
    pub ask: &'a str,
    /// Inputs and what is wanted.
    pub asks: Vec<(&'a str, &'a str)>,
}

fn empty() -> String {
    String::from("{}")
}

fn package() -> String {
    String::from("t")
}

/// The folder of the corpus.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/policies")
}

/// Reads every file, in the order of their names.
///
/// # Errors
/// A file cannot be read, or has two cases of one name.
pub fn load(folder: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for path in paths(folder)? {
        let text = fs::read_to_string(&path).context(|| format!("read {}", path.display()))?;
        let id = path.strip_prefix(folder).unwrap_or(&path).with_extension("");
        let id = id.to_string_lossy().replace('\\', "/");
        files.push(File::parse(&text, &id)?);
    }
    Ok(files)
}

/// The YAML files below a folder.
pub(super) fn paths(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).context(|| format!("read {}", folder.display()))? {
            let path = entry.context(|| format!("read {}", folder.display()))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

impl File {
    /// Reads a file's text.
    ///
    /// # Errors
    /// It is not of this form, or has two cases of one name.
    pub fn parse(text: &str, id: &str) -> Result<Self> {
        let mut file: Self = serde_saphyr::from_str(text).context(|| format!("{id} is no file of cases"))?;
        file.id = id.to_owned();
        let mut names: Vec<&str> = file.cases.iter().map(|case| case.name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair.first() == pair.last()) {
            return Err(Error::new(format!("{id} has two cases named {}", pair.concat())));
        }
        Ok(file)
    }

    /// The construct or family: the folder.
    #[must_use]
    pub fn family(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// Every policy of the file with what it is asked.
    pub fn questions(&self) -> impl Iterator<Item = Question<'_>> {
        self.cases.iter().flat_map(|case| case.questions(&self.id))
    }
}

impl Case {
    fn questions(&self, file: &str) -> Vec<Question<'_>> {
        let id = format!("{file}#{}", self.name);
        let source = |modules: &[String]| Source {
            modules: modules.to_vec(),
            version: Version::V1,
            data: self.data.clone(),
        };
        let mut questions = Vec::new();
        if !self.modules.is_empty() {
            let mut ours = source(&self.modules);
            let opa = if self.v0 {
                ours.version = Version::V0;
                (!self.same.is_empty()).then(|| source(&self.same))
            } else {
                Some(ours.clone())
            };
            let asks = self.asks.iter().map(|ask| (ask.input.as_str(), ask.want.as_str())).collect();
            questions.push(Question { id: id.clone(), ours, opa, ask: &self.ask, asks });
        }
        for expression in &self.each {
            let ours = source(&[expression.policy()]);
            questions.push(Question {
                id: format!("{id}: {}", expression.expr),
                opa: Some(ours.clone()),
                ours,
                ask: "t/r",
                asks: vec![(&self.input, &expression.want)],
            });
        }
        questions
    }
}

impl Expression {
    /// The policy.
    #[must_use]
    pub fn policy(&self) -> String {
        format!("package t\n\nr := {}\n", self.expr)
    }
}

/// An answer as the corpus keeps it: the value, or the code and the place, without OPA's words.
#[must_use]
pub fn want(answer: &Answer) -> String {
    match answer {
        Answer::Value(_) | Answer::Undefined => answer.to_string(),
        Answer::Error(error) => format!("error {} {}", error.kind.code(), error.place),
        Answer::Refused(reasons) => {
            // OPA finds recursions in any order.
            let mut reasons: Vec<_> = reasons.iter().collect();
            reasons.sort_by_key(|reason| (&reason.place, &reason.code));
            let mut reasons: Vec<_> =
                reasons.iter().map(|reason| format!("{} {}", reason.code, reason.place)).collect();
            reasons.dedup();
            format!("refused {}", reasons.join(", "))
        }
    }
}

/// Reads what [`want`] wrote.
///
/// # Errors
/// It is not of that form.
pub fn read_want(text: &str) -> Result<Answer> {
    use super::json::Json;
    use crate::opa::{EvalError, EvalErrorKind, Place, Refusal};
    let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
    let coded = |text: &str| {
        let (code, place) = text.split_once(' ')?;
        let mut parts = place.split(':');
        let file = parts.next().filter(|file| *file != "?").unwrap_or_default().to_owned();
        let mut number = || parts.next().map_or(Some(0), |part| part.parse().ok());
        let (line, column) = (number()?, number()?);
        Some((code.to_owned(), Place { file, line, column }))
    };
    let wrong = || Error::new(format!("no answer of OPA's: {text}"));
    match kind {
        "value" => Json::parse(rest).map(Answer::Value),
        "undefined" => Ok(Answer::Undefined),
        "error" => {
            let (code, place) = coded(rest).ok_or_else(wrong)?;
            Ok(Answer::Error(EvalError { kind: EvalErrorKind::of(&code), place, message: String::new() }))
        }
        "refused" => {
            let reasons = rest.split(", ").map(|reason| {
                let (code, place) = coded(reason).ok_or_else(wrong)?;
                Ok(Refusal { code, place, message: String::new() })
            });
            reasons.collect::<Result<_>>().map(Answer::Refused)
        }
        _ => Err(wrong()),
    }
}
