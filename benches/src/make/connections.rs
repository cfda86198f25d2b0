//! Certificates: the connection's own, and the one that a proxy forwards in x-forwarded-client-cert.

use doorward_tests::{Context, Result};
use serde_json::json;

use super::scenarios::{edge, edge_with, mesh};
use super::stage::Stage;
use super::{case, group};
use crate::cases::{Group, Work};

/// The identity that the edge proxy has on both of its sides.
pub(super) const EDGE_ID: &str = "spiffe://corp.example.com/ns/edge/sa/gateway";

pub(super) fn new_connections(stage: &mut Stage) -> Result<Group> {
    let known = mesh(stage)?;
    let cases = vec![
        case("baseline: mesh, known connection", Work::Decide(known.clone())),
        case("mesh, new connection", Work::Decide(known.on_new_connections())),
        case("the certificate alone", Work::Certificate { pem: stage.pem("frontend")? }),
    ];
    Ok(group("connection", "What does a new connection cost: its certificate, read once?", cases))
}

pub(super) fn forwarded_certificates(stage: &mut Stage) -> Result<Group> {
    let one = xfcc_text(stage, EDGE_ID, "frontend", false)?;
    let with_certificate = xfcc_text(stage, EDGE_ID, "frontend", true)?;
    // One proxy writes one element: a header in which one wrote two is refused.
    let mut chain = Vec::new();
    for number in 1..=3 {
        chain.push(xfcc_text(
            stage,
            &format!("spiffe://corp.example.com/ns/cdn/sa/proxy-{number}"),
            "reporter",
            false,
        )?);
    }
    chain.push(one);
    let json = json!([{
        "by": [EDGE_ID],
        "hash": stage.sha256("frontend")?,
        "subject": "CN=frontend",
        "uri": [stage.spiffe_id("frontend")?],
    }]);
    let cases = vec![
        case("baseline: mesh, from the connection", Work::Decide(mesh(stage)?)),
        case("one element", Work::Decide(edge(stage)?)),
        case("one element, as JSON", Work::Decide(edge_with(stage, json.to_string())?)),
        case("one element with the certificate", Work::Decide(edge_with(stage, with_certificate)?)),
        case("the last of four elements", Work::Decide(edge_with(stage, chain.join(","))?)),
    ];
    Ok(group(
        "xfcc",
        "What does an identity from x-forwarded-client-cert cost, read anew for each request?",
        cases,
    ))
}

/// One element as a proxy writes it about a caller.
pub(super) fn xfcc_text(stage: &Stage, by: &str, caller: &str, with_certificate: bool) -> Result<String> {
    let mut element = format!("By={by};Hash={}", stage.sha256(caller)?);
    if with_certificate {
        element.push_str(&format!(";Cert=\"{}\"", url_encoded(&stage.pem(caller)?)));
    }
    element.push_str(&format!(";Subject=\"CN={caller}\";URI={}", stage.spiffe_id(caller)?));
    Ok(element)
}

/// As Envoy writes a PEM into the header.
fn url_encoded(pem: &str) -> String {
    let mut out = String::new();
    for c in pem.chars() {
        match c {
            '\n' => out.push_str("%0A"),
            ' ' => out.push_str("%20"),
            '+' => out.push_str("%2B"),
            '/' => out.push_str("%2F"),
            '=' => out.push_str("%3D"),
            other => out.push(other),
        }
    }
    out
}

impl Stage {
    fn sha256(&self, identity: &str) -> Result<String> {
        let leaf = self.lab.identity(identity)?;
        Ok(leaf.context(|| format!("{identity} has no certificate"))?.sha256_hex())
    }

    fn spiffe_id(&self, identity: &str) -> Result<String> {
        let id = self.connection_without_peer(identity)?.own_id;
        id.context(|| format!("{identity} has no SPIFFE ID"))
    }
}
