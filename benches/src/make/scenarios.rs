//! What the scenarios under `envoy/` ask, allowed and refused, in the core and with the filter around it.

use doorward_tests::Result;

use super::connections::{EDGE_ID, xfcc_text};
use super::stage::Stage;
use super::{EMPTY, case, decide, group};
use crate::cases::{Decide, Group, Request, Work};

/// Each scenario's own allowed request.
pub(super) fn decisions(stage: &mut Stage) -> Result<Group> {
    let mut cases = vec![case("baseline: allow := true", Work::Decide(empty()))];
    for (name, wanted) in [
        ("mesh", mesh(stage)?),
        ("payments", payments(stage)?),
        ("accounts", accounts(stage)?),
        ("require-jwt", require_jwt(stage)?),
        ("contextual", contextual(stage)?),
        ("jwt-svid", jwt_svid(stage)?),
        ("edge", edge(stage)?),
    ] {
        cases.push(case(name, Work::Decide(wanted)));
    }
    let question =
        "What does each scenario's decision cost, on a known connection and with a remembered token?";
    Ok(group("scenarios", question, cases))
}

/// Refusals: what a stranger can make the filter do.
pub(super) fn refusals(stage: &mut Stage) -> Result<Group> {
    let path = "/v1/me";
    let changed = stage.token("require-jwt", "changed-signature")?;
    let foreign = stage.token("require-jwt", "wrong-issuer")?;
    let asked = |request| decide("require-jwt", vec![request]);
    let me = || Request::new("GET", path);
    let mesh_anonymous = mesh(stage)?.on(stage.connection_without_peer("database")?);
    let mesh_other = mesh(stage)?.on(stage.connection("reporter", "database")?);
    let cases = [
        ("baseline: allowed, remembered token", require_jwt(stage)?),
        ("no token", asked(me()).expecting("token_missing")),
        ("not a token", asked(me().bearer("abc")).expecting("jwt_malformed")),
        ("token of another issuer", asked(me().bearer(&foreign)).expecting("jwt_issuer")),
        ("forged signature (RS256)", asked(me().bearer(&changed)).expecting("jwt_signature")),
        ("path with an empty segment", asked(Request::new("GET", "//v1/me")).expecting("path_empty_segment")),
        ("no certificate", mesh_anonymous.expecting("identity_missing")),
        ("a caller that the policy does not name", mesh_other.expecting("policy_denied")),
    ];
    let cases = cases.map(|(name, wanted)| case(name, Work::Decide(wanted))).into();
    Ok(group("refused", "What does it cost to refuse a request?", cases))
}

/// The filter's whole share of a request, beside the decision in it.
pub(super) fn whole_requests(stage: &mut Stage) -> Result<Group> {
    let no_token = decide("require-jwt", vec![Request::new("GET", "/v1/me")]).expecting("token_missing");
    let cases = vec![
        case("baseline: mesh, the decision alone", Work::Decide(mesh(stage)?)),
        case("allow := true", Work::Flow(empty())),
        case("mesh", Work::Flow(mesh(stage)?)),
        case("mesh, new connection", Work::Flow(mesh(stage)?.on_new_connections())),
        case("require-jwt", Work::Flow(require_jwt(stage)?)),
        case("accounts", Work::Flow(accounts(stage)?)),
        case("require-jwt, no token", Work::Flow(no_token)),
    ];
    let question = "What does the filter do for a request in all: the decision, the changes, and its record as JSON, \
                    on a host that costs nothing?";
    Ok(group("whole-request", question, cases))
}

pub(super) fn empty() -> Decide {
    decide(EMPTY, vec![Request::new("GET", "/orders/7")])
}

pub(super) fn mesh(stage: &Stage) -> Result<Decide> {
    Ok(decide("mesh", vec![Request::new("GET", "/orders/7")]).on(stage.connection("frontend", "database")?))
}

fn payments(stage: &Stage) -> Result<Decide> {
    let request = Request::new("POST", "/v1/transactions");
    Ok(decide("payments", vec![request]).on(stage.connection("payment-frontend", "processor")?))
}

fn accounts(stage: &Stage) -> Result<Decide> {
    let request = Request::new("GET", "/v1/accounts/42").bearer(&stage.token("accounts", "groups")?);
    Ok(decide("accounts", vec![request]).on(stage.connection("payments-api", "accounts")?))
}

fn require_jwt(stage: &Stage) -> Result<Decide> {
    Ok(decide(
        "require-jwt",
        vec![Request::new("GET", "/v1/me").bearer(&stage.token("require-jwt", "good")?)],
    ))
}

fn contextual(stage: &Stage) -> Result<Decide> {
    let posture = stage.token("contextual", "healthy")?;
    let request = Request::new("GET", "/v1/cart").header("x-device-posture", posture);
    Ok(decide("contextual", vec![request]).on(stage.connection("web", "api-gateway")?))
}

fn jwt_svid(stage: &Stage) -> Result<Decide> {
    let request = Request::new("POST", "/v1/entries").bearer(&stage.token("jwt-svid", "settlement")?);
    Ok(decide("jwt-svid", vec![request]))
}

pub(super) fn edge(stage: &Stage) -> Result<Decide> {
    let xfcc = xfcc_text(stage, EDGE_ID, "frontend", false)?;
    edge_with(stage, xfcc)
}

/// Behind the edge proxy, with this header.
pub(super) fn edge_with(stage: &Stage, xfcc: String) -> Result<Decide> {
    let request = Request::new("GET", "/products/7").header("x-forwarded-client-cert", xfcc);
    Ok(decide("edge", vec![request]).on(stage.connection("edge", "catalog")?))
}
