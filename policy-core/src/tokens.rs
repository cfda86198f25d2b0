//! The tokens of a request: which header, which provider, verified or remembered.

use std::sync::Arc;

use crate::jwt::{Holder, Provider, Realm, TokenCache, TokenKey, UnverifiedJwt, VerifiedClaims, token_from};
use crate::reason::Reason;
use crate::rego::{JsonError, JsonLimits, ObjectBuilder, Value};
use crate::request::RequestView;
use crate::spiffe::Peer;
use crate::time::UnixTime;

/// A configured provider with its place in a request.
pub(crate) struct ProviderRule {
    pub(crate) provider: Provider,
    pub(crate) name: Arc<str>,
    pub(crate) header: Arc<str>,
    pub(crate) prefix: Box<str>,
    pub(crate) required: bool,
    pub(crate) forward: bool,
}

/// What the operator configured about tokens.
pub(crate) struct TokenRules {
    pub(crate) realm: Realm,
    pub(crate) providers: Box<[ProviderRule]>,
    pub(crate) token_bytes: usize,
    pub(crate) remembered: usize,
}

/// A verified token with its claims in the form that the policy reads.
pub(crate) struct Remembered {
    pub(crate) claims: VerifiedClaims,
    pub(crate) value: Value<'static>,
}

/// What one worker remembers of verified tokens; bounded by the configuration.
pub(crate) type TokenMemory = TokenCache<Remembered>;

/// The verified tokens of one request, by provider.
pub(crate) struct Credentials {
    verified: Vec<Option<Arc<Remembered>>>,
    /// Headers from which a token was taken that is not to be forwarded.
    pub(crate) taken: Vec<Arc<str>>,
}

impl TokenRules {
    /// Verifies every token of the request.
    ///
    /// A header that several providers share is read once; the first provider, in the order of the configuration,
    /// that the token's unverified issuer (or trust domain) names verifies it. A token that is there and does not
    /// hold is an error, required or not.
    pub(crate) fn verify(
        &self,
        memory: &mut TokenMemory,
        request: &RequestView<'_>,
        now: UnixTime,
    ) -> Result<Credentials, Reason> {
        let mut credentials = Credentials { verified: vec![None; self.providers.len()], taken: Vec::new() };
        let holder = Holder { certificate_sha256: certificate_digest(request.peer) };
        for (index, rule) in self.providers.iter().enumerate() {
            if self.is_read_before(index) {
                continue;
            }
            let values: Vec<&[u8]> = request.headers.values(&rule.header).collect();
            let Some(token) = token_from(&values, &rule.prefix).map_err(Reason::Bearer)? else { continue };
            let (chosen, remembered) = self.verified(memory, rule, token, &holder, now)?;
            if self.providers.get(chosen).is_some_and(|rule| !rule.forward) {
                credentials.taken.push(Arc::clone(&rule.header));
            }
            if let Some(slot) = credentials.verified.get_mut(chosen) {
                *slot = Some(remembered);
            }
        }
        Ok(credentials)
    }

    /// Whether an earlier provider reads the same place.
    fn is_read_before(&self, index: usize) -> bool {
        let Some(rule) = self.providers.get(index) else { return false };
        self.providers.iter().take(index).any(|earlier| earlier.reads_where(rule))
    }

    fn verified(
        &self,
        memory: &mut TokenMemory,
        place: &ProviderRule,
        token: &[u8],
        holder: &Holder,
        now: UnixTime,
    ) -> Result<(usize, Arc<Remembered>), Reason> {
        let sharing = || self.providers.iter().enumerate().filter(|(_, rule)| rule.reads_where(place));
        // The token is read once, however many providers share its place.
        let token_key = TokenKey::of(0, token);
        let key = |index| token_key.for_provider(u32::try_from(index).unwrap_or(u32::MAX));
        for (index, rule) in sharing() {
            if let Some(known) = memory.find(&key(index)) {
                rule.provider.recheck(&known.claims, now, holder).map_err(Reason::Token)?;
                return Ok((index, known));
            }
        }
        let unverified = UnverifiedJwt::parse(token, self.token_bytes).map_err(Reason::Token)?;
        let mut candidates = sharing().filter(|(_, rule)| rule.provider.matches_unverified(&unverified));
        let (index, rule) = candidates.next().ok_or(Reason::TokenIssuer)?;
        let claims = rule.provider.verify(&unverified, now, holder).map_err(Reason::Token)?;
        // Claims that were read as strict JSON are a value of the policy language, within its limits or refused.
        let value = claims_value(&claims).map_err(|_: JsonError| Reason::TokenClaims)?;
        let remembered = Arc::new(Remembered { claims, value });
        memory.remember(key(index), Arc::clone(&remembered));
        Ok((index, remembered))
    }

    /// A provider whose token is required and missing.
    pub(crate) fn missing(&self, credentials: &Credentials) -> bool {
        let required = self.providers.iter().enumerate().filter(|(_, rule)| rule.required);
        required.into_iter().any(|(index, _)| credentials.of(index).is_none())
    }
}

impl ProviderRule {
    /// Whether both take the tokens of the same issuer or trust domain from the same place.
    pub(crate) fn takes_from(&self, other: &Self) -> bool {
        self.reads_where(other) && self.provider.shares_issuer(&other.provider)
    }

    fn reads_where(&self, other: &Self) -> bool {
        self.header == other.header && self.prefix == other.prefix
    }
}

impl Credentials {
    /// The verified token of a provider.
    pub(crate) fn of(&self, provider: usize) -> Option<&Arc<Remembered>> {
        self.verified.get(provider)?.as_ref()
    }
}

fn certificate_digest(peer: &Peer) -> Option<[u8; 32]> {
    match peer {
        Peer::Svid(svid) => Some(*svid.sha256()),
        Peer::Absent | Peer::Refused(_) => None,
    }
}

fn claims_value(claims: &VerifiedClaims) -> Result<Value<'static>, JsonError> {
    let mut object = ObjectBuilder::new();
    for (name, value) in claims.claims() {
        object.insert(Value::string(name), Value::from_serde(value, JsonLimits::REQUEST)?);
    }
    Ok(Value::Object(object.build()))
}
