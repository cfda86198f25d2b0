//! Every limit of the token layer: a named number with its unit and its source.

/// Bytes of a compact token, unless the configuration says otherwise.
///
/// Envoy's default for all request headers together is 60 KiB; a token with the groups of a large directory
/// is about 8 KiB.
pub const DEFAULT_MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Levels of objects and arrays in a header, a payload or a key set; the outermost object is level 1.
///
/// RFC 8259 section 9: "An implementation may set limits on the maximum depth of nesting."
pub const MAX_JSON_DEPTH: usize = 32;

/// Bytes of a key ID (`kid`). Thumbprints and UUIDs are far shorter; RFC 7515 section 4.1.4 states no limit.
pub const MAX_KEY_ID_BYTES: usize = 256;

/// Bytes of a `typ` header member: RFC 6838 section 4.2 limits a media type's two names to 127 characters
/// each.
pub(crate) const MAX_TYPE_BYTES: usize = 255;

/// Bytes of a JWK set or SPIFFE bundle: 1 MiB. A bundle carries certificates of the trust domain beside the
/// keys.
pub const MAX_JWKS_BYTES: usize = 1024 * 1024;

/// Keys in one JWK set, those of no use to us included.
pub const MAX_JWKS_KEYS: usize = 256;

/// Bits of an RSA modulus, at least. RFC 7518 section 3.3: "A key of size 2048 bits or larger MUST be used".
pub(crate) const MIN_RSA_MODULUS_BITS: usize = 2048;

/// Bits of an RSA modulus, at most: what the `rsa` crate accepts; a larger key also makes every check slower.
pub(crate) const MAX_RSA_MODULUS_BITS: usize = 4096;

/// The smallest RSA public exponent. RFC 8017 section 3.1: "an integer between 3 and n - 1".
pub(crate) const MIN_RSA_EXPONENT: u64 = 3;

/// The largest RSA public exponent: 2^33 - 1, what the `rsa` crate accepts.
pub(crate) const MAX_RSA_EXPONENT: u64 = (1 << 33) - 1;

/// Seconds of clock difference that are forgiven, unless the configuration says otherwise.
///
/// RFC 7519 section 4.1.4: "some small leeway, usually no more than a few minutes".
pub const DEFAULT_LEEWAY_SECONDS: u64 = 60;

/// Seconds of leeway that a configuration may ask for, at most: "a few minutes" of RFC 7519 section 4.1.4.
pub const MAX_LEEWAY_SECONDS: u64 = 300;

/// Seconds from issue to expiry that a token may live, unless the configuration says otherwise: a day.
pub const DEFAULT_MAX_LIFETIME_SECONDS: u64 = 86_400;

/// Seconds of lifetime that a configuration may allow, at most: a year of 366 days.
pub const MAX_LIFETIME_SECONDS: u64 = 31_622_400;

/// The largest NumericDate that is a date: 9999-12-31T23:59:59Z, in seconds since 1970 (RFC 3339 has
/// four-digit years).
pub(crate) const MAX_NUMERIC_DATE: i64 = 253_402_300_799;

/// Audiences of one provider.
pub const MAX_AUDIENCES: usize = 64;

/// Bytes of a configured name, issuer, audience, realm or scope.
pub(crate) const MAX_NAME_BYTES: usize = 1024;

/// Remembered tokens, at most, whatever a configuration asks for.
pub const MAX_REMEMBERED_TOKENS: usize = 65_536;
