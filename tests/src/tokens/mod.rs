//! Tokens: the private halves of the issuers' keys, the JWK sets of the public ones, and JWTs that are good or broken in
//! one stated way. Written without a JWT library, so that what is checked and what checks it share no code.

mod jwks;
mod keys;
mod mint;

pub use jwks::{JwkOptions, jwks};
pub use keys::{Algorithm, RSA_BITS, TokenKey};
pub use mint::{Tamper, TokenSpec, mint};
