//! No part of a token is ever in a line of the log, a reply or its details.

use super::*;

/// Parts of the tokens below that must not turn up, each long enough to be no accident.
const HEADER: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ";
const CLAIMS: &str = "eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0IiwiYXVkIjoic2VydmljZSIsInN1YiI6IlMzQ1IzVCJ9";
const SIGNATURE: &str = "c2lnbmF0dXJlLW9mLW5vYm9keQ";
/// What the claims decode to.
const SUBJECT: &str = "S3CR3T";

fn tokens() -> Vec<String> {
    let whole = format!("{HEADER}.{CLAIMS}.{SIGNATURE}");
    vec![
        format!("Bearer {whole}"),
        format!("bearer {whole}"),
        format!("Bearer  {whole}"),
        format!("Bearer {whole} {whole}"),
        format!("Bearer {whole},Bearer {whole}"),
        format!("Basic {whole}"),
        format!("Bearer {HEADER}.{CLAIMS}"),
        format!("Bearer {HEADER}.{CLAIMS}.{SIGNATURE}."),
        format!("Bearer {HEADER}.{CLAIMS}="),
        format!("Bearer {CLAIMS}.{HEADER}.{SIGNATURE}"),
        format!("Bearer {HEADER}.{}.{SIGNATURE}", CLAIMS.repeat(400)),
        format!("Bearer eyJhbGciOiJub25lIn0.{CLAIMS}."),
        whole,
    ]
}

/// Everything that leaves the filter but the request itself.
fn said(host: &FakeHost) -> String {
    let mut said = String::new();
    for (_, line) in host.log() {
        said.push_str(&line);
        said.push('\n');
    }
    for reply in host.replies() {
        said.push_str(&format!("{} {}\n{:?}\n", reply.details, reply.body, reply.headers));
    }
    for name in host.counters().into_keys() {
        said.push_str(&name);
    }
    said
}

fn assert_silent(host: &FakeHost, case: &str) {
    let said = said(host);
    for part in [HEADER, CLAIMS, SIGNATURE, SUBJECT, "issuer.test"] {
        assert!(!said.contains(part), "{case}: {part} in {said}");
    }
    assert!(!said.is_empty(), "{case}");
}

#[test]
fn a_bad_token_is_refused_without_a_word_of_it() {
    let worker = worker_of(&with_tokens(configuration(ALLOW)));
    for (index, token) in tokens().into_iter().enumerate() {
        let host = host().header("authorization", &token);
        assert_eq!(run(&worker, &host), Action::Stop, "{index}");
        assert_silent(&host, &index.to_string());
    }
}

#[test]
fn a_token_in_the_query_or_another_header_is_not_recorded() {
    let worker = worker_of(&with_tokens(configuration(ALLOW)));
    for (index, token) in tokens().into_iter().enumerate() {
        let bare = token.trim_start_matches("Bearer ").replace(' ', "+");
        let host = FakeHost::at(now())
            .request("GET", &format!("/callback?access_token={bare}"))
            .connection(1)
            .header("cookie", format!("session={token}"))
            .header("x-token", &token)
            .header("x-forwarded-client-cert", &token);
        assert_eq!(run(&worker, &host), Action::Stop, "{index}");
        assert_silent(&host, &index.to_string());
    }
}

#[test]
fn a_token_that_no_rule_reads_is_not_recorded() {
    for policy in [ALLOW, DENY, "package test\nallow := input.request.headers.authorization\n"] {
        let worker = worker(policy);
        for (index, token) in tokens().into_iter().enumerate() {
            let host = host().header("authorization", &token);
            let expected = if policy == ALLOW { Action::Continue } else { Action::Stop };
            assert_eq!(run(&worker, &host), expected, "{index}: {policy}");
            assert_silent(&host, &index.to_string());
        }
    }
}

#[test]
fn a_host_that_fails_is_no_occasion_to_talk() {
    let worker = worker_of(&with_tokens(configuration(ALLOW)));
    for call in ["lines", "set", "add", "remove", "reply"] {
        for token in tokens() {
            let host = host().header("authorization", &token).failing(call);
            assert_eq!(run(&worker, &host), Action::Stop, "{call}");
            assert_silent(&host, call);
        }
    }
}
