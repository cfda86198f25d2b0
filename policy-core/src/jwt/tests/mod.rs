//! The rules for tokens and keys, one by one.

mod accepted;
mod claims;
mod form;
mod holder;
mod jwks;
mod keys;
mod mutation;
mod privacy;
mod settings;
mod signature;
mod times;

// A host with several threads shares one configuration between them.
const _: () = {
    const fn shared_between_threads<T: Send + Sync>() {}
    shared_between_threads::<super::Provider>();
    shared_between_threads::<super::VerifiedClaims>();
};
