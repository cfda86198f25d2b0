//! OPA as a C library. Its input is a text, which is written for each question.

use doorward_opa::Handle;
use serde::Serialize;

use super::Asked;
use crate::cases::{Fields, Policy};

pub(super) struct Opa(Handle);

/// The input, in the order that it is written in.
#[derive(Serialize)]
struct Input<'a> {
    source: Source<'a>,
    request: Request<'a>,
}

#[derive(Serialize)]
struct Source<'a> {
    spiffe_id: &'a str,
}

#[derive(Serialize)]
struct Request<'a> {
    method: &'a str,
    path: &'a str,
    host: &'a str,
}

impl Opa {
    pub(super) fn load(policy: &Policy) -> Result<Self, String> {
        let handle = Handle::new().map_err(|error| error.to_string())?;
        for answer in
            [handle.add_data("", &policy.data.to_string()), handle.add_policy("bench.rego", &policy.module)]
        {
            let answer = answer.map_err(|error| error.to_string())?;
            if answer.contains("\"error\"") {
                return Err(answer);
            }
        }
        Ok(Self(handle))
    }
}

impl Asked for Opa {
    fn allows(&mut self, fields: &Fields) -> Result<bool, String> {
        let input = Input {
            source: Source { spiffe_id: &fields.spiffe_id },
            request: Request { method: &fields.method, path: &fields.path, host: &fields.host },
        };
        let input = serde_json::to_string(&input).map_err(|error| error.to_string())?;
        let answer = self.0.evaluate("bench.allow", &input).map_err(|error| error.to_string())?;
        // Not taken apart: what that costs is not OPA's.
        match (answer.contains("\"value\":true"), answer.contains("\"value\":false")) {
            (true, false) => Ok(true),
            (false, true) => Ok(false),
            _ => Err(answer),
        }
    }
}
