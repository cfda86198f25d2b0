//! A request as a command line, to be tried by hand while `demo --keep` holds everything up.

use std::path::Path;

use super::RequestSpec;
use super::play::{Cues, header_lines};
use super::stage::{Stage, Theatre};
use super::template::{self, Values};
use crate::Result;
use crate::lab::{Lab, NOBODY};

impl Stage<'_> {
    /// The curl command of each request, with its name above; to be run in the repository's root folder.
    ///
    /// # Errors
    /// A request names something unknown.
    pub fn curl_lines(&self, theatre: &Theatre) -> Result<Vec<(String, String)>> {
        let requests = self.scenario.requests.requests.iter();
        requests.map(|spec| Ok((spec.name.clone(), self.curl_line(theatre.lab(), spec)?))).collect()
    }

    fn curl_line(&self, lab: &Lab, spec: &RequestSpec) -> Result<String> {
        let entrance = self.entrance(&spec.to)?;
        let mut line = String::from("curl -sSi --path-as-is");
        if spec.method != "GET" {
            line.push_str(&format!(" -X {}", quoted(&spec.method)));
        }
        if entrance.tls {
            line.push_str(" --cacert target/demo/pki/for-curl.pem");
            if spec.caller != NOBODY {
                let name = &spec.caller;
                line.push_str(&format!(
                    " --cert target/demo/pki/{name}.pem --key target/demo/pki/{name}.key"
                ));
            }
        }
        let cues = ForShell { cues: Cues { stage: self, lab }, scenario: &self.scenario.name };
        for header in header_lines(spec) {
            line.push_str(&format!(" -H {}", quoted(&template::fill(&header, &cues)?)));
        }
        if !spec.body.is_empty() {
            line.push_str(&format!(" --data-binary {}", quoted(&spec.body)));
        }
        let scheme = if entrance.tls { "https" } else { "http" };
        let url = format!("{scheme}://localhost:{}{}", entrance.address.port(), spec.path);
        line.push_str(&format!(" {}", quoted(&url)));
        Ok(line)
    }
}

/// Tokens are read from their files: a line with one in it would be too long to read.
struct ForShell<'a> {
    cues: Cues<'a>,
    scenario: &'a str,
}

impl Values for ForShell<'_> {
    fn token(&self, name: &str) -> Result<String> {
        self.cues.token(name)?;
        let file = Path::new("target/demo").join(self.scenario).join(format!("{name}.jwt"));
        Ok(format!("$(cat {})", file.display()))
    }

    fn sha256(&self, identity: &str) -> Result<String> {
        self.cues.sha256(identity)
    }

    fn now(&self) -> i64 {
        self.cues.now()
    }
}

/// In double quotes where the shell has to put in a token, in single quotes otherwise.
fn quoted(text: &str) -> String {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !text.is_empty() && text.bytes().all(harmless) {
        return text.to_owned();
    }
    if !text.contains("$(cat ") {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut escaped = String::new();
    for (index, part) in text.split("$(cat ").enumerate() {
        if index > 0 {
            escaped.push_str("$(cat ");
        }
        for character in part.chars() {
            if matches!(character, '"' | '\\' | '`' | '$') {
                escaped.push('\\');
            }
            escaped.push(character);
        }
    }
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_sees_what_was_meant() {
        assert_eq!(quoted("https://localhost:1/a"), "https://localhost:1/a");
        assert_eq!(quoted("x-a: it's"), r"'x-a: it'\''s'");
        assert_eq!(quoted("a: Bearer $(cat t/a.jwt)"), r#""a: Bearer $(cat t/a.jwt)""#);
        assert_eq!(quoted("a: `\"$x $(cat t)"), r#""a: \`\"\$x $(cat t)""#);
        assert_eq!(quoted(""), "''");
    }
}
