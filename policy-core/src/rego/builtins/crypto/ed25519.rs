//! EdDSA on Curve25519.

use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey};

/// The bytes of a public key; whether they are a point shows when it is used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::rego::builtins) struct Ed25519Key(pub(in crate::rego::builtins) [u8; 32]);

impl Ed25519Key {
    /// Steps that a check, or a signature, costs.
    pub(in crate::rego::builtins) const STEPS: u64 = 1_000;

    /// Whether the signature is this key's; keys of small order count too, as Go has it.
    pub(in crate::rego::builtins) fn verifies(self, message: &[u8], signature: &[u8]) -> bool {
        let (Ok(key), Ok(signature)) = (VerifyingKey::from_bytes(&self.0), Signature::from_slice(signature))
        else {
            return false;
        };
        key.verify(message, &signature).is_ok()
    }
}

/// A private key.
pub(in crate::rego::builtins) struct Ed25519Secret(SigningKey);

impl Ed25519Secret {
    /// The key of a seed.
    pub(in crate::rego::builtins) fn new(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The public key that belongs to it.
    pub(in crate::rego::builtins) fn public(&self) -> Ed25519Key {
        Ed25519Key(self.0.verifying_key().to_bytes())
    }

    /// The seed and the public key: 64 bytes.
    pub(in crate::rego::builtins) fn key_pair(&self) -> [u8; 64] {
        self.0.to_keypair_bytes()
    }

    /// The signature over a message: always the same.
    pub(in crate::rego::builtins) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).to_vec()
    }
}
