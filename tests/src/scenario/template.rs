//! `${...}` in header values: tokens, times and certificate digests that do not exist before the run.

use crate::{Context, Error, Result};

/// Where the values come from.
pub(super) trait Values {
    /// `${token:NAME}`.
    fn token(&self, name: &str) -> Result<String>;
    /// `${sha256:IDENTITY}`: digest of a certificate, lower-case hex.
    fn sha256(&self, identity: &str) -> Result<String>;
    /// `${now}`, `${now-600}`, `${now+600}`: seconds since the Unix epoch.
    fn now(&self) -> i64;
}

/// Fills in every `${...}` of `text`.
pub(super) fn fill(text: &str, values: &impl Values) -> Result<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (inner, after) = after.split_once('}').context(|| "a ${ without its }")?;
        filled.push_str(before);
        filled.push_str(&value(inner, values)?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// The names of the tokens in `text`.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split("${token:").skip(1).filter_map(|after| Some(after.split_once('}')?.0))
}

fn value(inner: &str, values: &impl Values) -> Result<String> {
    if let Some(name) = inner.strip_prefix("token:") {
        return values.token(name);
    }
    if let Some(identity) = inner.strip_prefix("sha256:") {
        return values.sha256(identity);
    }
    let unknown = || {
        Error::new(format!("nothing is called ${{{inner}}}: token:NAME, sha256:IDENTITY, now, now-N, now+N"))
    };
    let shift = inner.strip_prefix("now").ok_or_else(unknown)?;
    let shift: i64 = match shift {
        "" => 0,
        _ if shift.starts_with(['+', '-']) => shift.parse().map_err(|_| unknown())?,
        _ => return Err(unknown()),
    };
    Ok(values.now().saturating_add(shift).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Values for Fixed {
        fn token(&self, name: &str) -> Result<String> {
            if name == "good" { Ok("a.b.c".into()) } else { Err(Error::new("no token")) }
        }
        fn sha256(&self, identity: &str) -> Result<String> {
            Ok(format!("digest of {identity}"))
        }
        fn now(&self) -> i64 {
            1000
        }
    }

    #[test]
    fn values_are_filled_in() {
        assert_eq!(fill("Bearer ${token:good}", &Fixed).unwrap(), "Bearer a.b.c");
        assert_eq!(fill("${now},${now-600},${now+1}", &Fixed).unwrap(), "1000,400,1001");
        assert_eq!(fill("Hash=${sha256:frontend};", &Fixed).unwrap(), "Hash=digest of frontend;");
        assert_eq!(fill("plain $ {}", &Fixed).unwrap(), "plain $ {}");
    }

    #[test]
    fn unknown_values_are_refused() {
        for text in ["${token:none}", "${later}", "${now5}", "${now-x}", "${now", "${}"] {
            assert!(fill(text, &Fixed).is_err(), "{text}");
        }
    }

    #[test]
    fn tokens_are_named() {
        assert_eq!(tokens("a ${token:x} ${now} ${token:y}").collect::<Vec<_>>(), ["x", "y"]);
    }
}
