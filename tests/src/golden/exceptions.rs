//! Cases that a real Envoy cannot show as they are written, each with its reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Context, Error, Host, Result};

/// The list, by case and host. Strict both ways: a listed case that agrees all the same is a failure too.
pub struct Exceptions(BTreeMap<(String, Host), Exception>);

/// One case, and why.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// `TOPIC/FILE#CASE`.
    case: String,
    /// The host that it is about; both unless given.
    on: Option<Host>,
    /// Why an Envoy shows something else.
    pub because: String,
    /// What it shows instead, put on top of the case's `want`: then exactly this must be seen.
    pub instead: Option<Map<String, Value>>,
    /// The case is not sent at all: what comes of it depends on the second in which it is sent.
    #[serde(default)]
    pub not_sent: bool,
}

impl Exceptions {
    /// Reads the list.
    ///
    /// # Errors
    /// It cannot be read, or lists a case twice or without a reason.
    pub fn load(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).context(|| format!("read {}", path.display()))?;
        let list: Vec<Exception> = serde_saphyr::from_str(&text)
            .context(|| format!("{} is no list of exceptions", path.display()))?;
        let mut exceptions = BTreeMap::new();
        for exception in list {
            let case = exception.case.clone();
            if exception.because.trim().is_empty() {
                return Err(Error::new(format!("{case}: an exception has a reason")));
            }
            for host in exception.on.map_or_else(|| Host::ALL.to_vec(), |host| vec![host]) {
                if exceptions.insert((case.clone(), host), exception.clone()).is_some() {
                    return Err(Error::new(format!("{case} is listed twice for {host}")));
                }
            }
        }
        Ok(Self(exceptions))
    }

    /// The exception for a case on a host.
    pub fn of(&self, case: &str, host: Host) -> Option<&Exception> {
        self.0.get(&(case.to_owned(), host))
    }

    /// Cases that are listed and that no file has.
    pub fn unknown(&self, is_known: impl Fn(&str) -> bool) -> Vec<&str> {
        self.0.keys().map(|(case, _)| case.as_str()).filter(|case| !is_known(case)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Exceptions> {
        let path = std::env::temp_dir().join(format!("doorward-exceptions-{}.yaml", std::process::id()));
        fs::write(&path, text).unwrap();
        let exceptions = Exceptions::load(&path);
        fs::remove_file(&path).unwrap();
        exceptions
    }

    #[test]
    fn an_exception_is_for_both_hosts_or_for_one_and_listed_once() {
        let text = "- { case: a, because: x }\n- { case: b, on: native, because: x }\n";
        let exceptions = load(text).unwrap();
        let listed = |case| Host::ALL.map(|host| exceptions.of(case, host).is_some());
        assert_eq!([listed("a"), listed("b"), listed("c")], [[true, true], [false, true], [false, false]]);
        assert!(load(&format!("{text}- {{ case: a, on: wasm, because: x }}\n")).is_err());
        assert!(load("- { case: a, because: ' ' }\n").is_err());
    }
}
