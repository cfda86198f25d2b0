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
