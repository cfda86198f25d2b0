//! A provider's keys: read once, checked whole, then only looked up.

use std::fmt;

use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::json;
use super::jwk::{self, Fault, JwksProfile, Key, Loaded, SkipReason};
use super::jwks_error::{JwksError, JwksErrorKind};
use super::limits::{MAX_JWKS_BYTES, MAX_JWKS_KEYS};

/// The keys of one issuer or one trust domain. Sets are never merged.
#[derive(Clone)]
pub struct KeySet {
    keys: Vec<Key>,
    skipped: Vec<SkippedKey>,
}

/// A key that was left out: worth a warning to the operator, not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkippedKey {
    /// Its position in `keys`, from 0.
    pub index: usize,
    /// Why.
    pub reason: SkipReason,
}

impl fmt::Display for SkippedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.reason {
            SkipReason::OtherUse => "it is not for checking the signatures of tokens",
            SkipReason::UnknownKeyType => "its type or curve is not supported",
            SkipReason::AlgorithmNotAllowed => "none of the allowed algorithms can use it",
        };
        write!(f, "keys[{}] is not used: {why}", self.index)
    }
}

/// Why no key was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// No key has this ID.
    Unknown,
    /// The key with this ID is not for this algorithm.
    OtherAlgorithm,
    /// Without an ID, none or several keys fit.
    Ambiguous,
}

impl KeySet {
    /// Reads a JWK set or SPIFFE bundle (RFC 7517 section 5) and checks every key in it.
    ///
    /// Does not check the freshness of the set (`spiffe_sequence`, `spiffe_refresh_hint`) or any certificate
    /// in it.
    ///
    /// # Errors
    /// The first key that is private, symmetric, malformed or too weak; a `kid` used twice; no usable key at
    /// all.
    pub fn load(text: &[u8], profile: JwksProfile, allowed: &[Algorithm]) -> Result<Self, JwksError> {
        let set = json::object(text, MAX_JWKS_BYTES).map_err(|cause| JwksError {
            index: None,
            field: "",
            kind: JwksErrorKind::Json(cause),
        })?;
        Self::from_members(&set, profile, allowed)
    }

    /// As [`KeySet::load`], for a set that stands inline in a configuration which was already read.
    ///
    /// # Errors
    /// As [`KeySet::load`], except that duplicate members and depth are the business of who read the
    /// configuration.
    pub fn from_members(
        set: &Map<String, Value>,
        profile: JwksProfile,
        allowed: &[Algorithm],
    ) -> Result<Self, JwksError> {
        let whole = |kind| JwksError { index: None, field: "keys", kind };
        let members = match set.get("keys") {
            Some(Value::Array(members)) => members,
            Some(_) => return Err(whole(JwksErrorKind::WrongType)),
            None => return Err(whole(JwksErrorKind::Missing)),
        };
        if members.len() > MAX_JWKS_KEYS {
            return Err(whole(JwksErrorKind::TooManyKeys));
        }
        let mut loaded = Self { keys: Vec::new(), skipped: Vec::new() };
        for (index, member) in members.iter().enumerate() {
            loaded
                .add(index, jwk::load(member, profile, allowed))
                .map_err(|Fault(field, kind)| JwksError { index: Some(index), field, kind })?;
        }
        // SPIFFE Trust Domain and Bundle section 4.1.3: an empty `keys` revokes everything; here that is said
        // aloud.
        if loaded.keys.is_empty() {
            return Err(whole(JwksErrorKind::NoUsableKey));
        }
        Ok(loaded)
    }

    /// How many keys can be used: at least one.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a set without a usable key is never made")]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The keys that were left out, in the order of the set.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }

    /// Whether some key can be used with one of these algorithms.
    pub(crate) fn fits_any(&self, algorithms: &[Algorithm]) -> bool {
        self.keys.iter().any(|key| key.algorithms.iter().any(|algorithm| algorithms.contains(algorithm)))
    }

    /// The key for a token: by its exact `kid`, or without one only when exactly one key fits the algorithm.
    pub(crate) fn choose(&self, id: Option<&str>, algorithm: Algorithm) -> Result<&Key, NoKey> {
        let fits = |key: &&Key| key.algorithms.contains(&algorithm);
        if let Some(id) = id {
            let key = self.keys.iter().find(|key| key.id.as_deref() == Some(id)).ok_or(NoKey::Unknown)?;
            return Some(key).filter(fits).ok_or(NoKey::OtherAlgorithm);
        }
        let mut fitting = self.keys.iter().filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (None, _) | (Some(_), Some(_)) => Err(NoKey::Ambiguous),
        }
    }

    fn add(&mut self, index: usize, loaded: Result<Loaded, Fault>) -> Result<(), Fault> {
        match loaded? {
            Loaded::Skipped(reason) => self.skipped.push(SkippedKey { index, reason }),
            Loaded::Key(key) => {
                if key.id.is_some() && self.keys.iter().any(|other| other.id == key.id) {
                    return Err(Fault("kid", JwksErrorKind::DuplicateKeyId));
                }
                self.keys.push(key);
            }
        }
        Ok(())
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySet")
            .field("keys", &self.keys.len())
            .field("skipped", &self.skipped.len())
            .finish()
    }
}
