//! The three kinds of token, each with its own algorithms, `typ` and required claims.
//!
//! RFC 8725 section 3.12: "Use Mutually Exclusive Validation Rules for Different Kinds of JWTs".

use super::algorithm::Algorithm;

/// What kind of token a provider issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// A signed JWT of an issuer (RFC 7519), such as Keycloak's or Entra ID's access tokens.
    ///
    /// `typ` is absent, `JWT` or `at+jwt`: issuers switch to the explicit type one day, and it says no less
    /// than `JWT`. Every other explicit type (`dpop+jwt`, `logout+jwt`, `secevent+jwt`, ...) is a token for
    /// another purpose.
    Jwt,
    /// An OAuth access token of RFC 9068: `typ` must be `at+jwt`, and its required claims must be there.
    AccessToken,
    /// A JWT-SVID of a SPIFFE trust domain.
    JwtSvid,
}

/// RFC 7518 and the JWT-SVID specification, section 2.1, without EdDSA.
const SVID_ALGORITHMS: [Algorithm; 9] = [
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Es512,
];

impl Profile {
    /// The name in configurations.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::AccessToken => "access_token",
            Self::JwtSvid => "jwt_svid",
        }
    }

    /// The algorithms that a token of this kind may use, unless the configuration allows fewer.
    #[must_use]
    pub const fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Self::Jwt | Self::AccessToken => &Algorithm::ALL,
            Self::JwtSvid => &SVID_ALGORITHMS,
        }
    }

    /// Whether a token of this kind may have this `typ`.
    pub(crate) fn accepts_type(self, token_type: Option<&str>) -> bool {
        match self {
            Self::Jwt => {
                token_type.is_none_or(|text| is_media_type(text, "jwt") || is_media_type(text, "at+jwt"))
            }
            // RFC 9068 section 4: "The resource server MUST verify that the "typ" header value is "at+jwt" or
            // "application/at+jwt" and reject tokens carrying any other value."
            Self::AccessToken => token_type.is_some_and(|text| is_media_type(text, "at+jwt")),
            // JWT-SVID section 2.3: "If set, its value MUST be either JWT or JOSE."
            Self::JwtSvid => token_type.is_none_or(|text| text == "JWT" || text == "JOSE"),
        }
    }

    /// Claims that must be there as text that is not empty.
    pub(crate) const fn required_texts(self) -> &'static [&'static str] {
        match self {
            Self::Jwt => &["iss"],
            // RFC 9068 section 2.2; `exp`, `aud` and `iat` have checks of their own.
            Self::AccessToken => &["iss", "sub", "client_id", "jti"],
            Self::JwtSvid => &["sub"],
        }
    }

    /// Whether `iat` must be there.
    pub(crate) const fn requires_issued_at(self) -> bool {
        match self {
            Self::AccessToken => true,
            Self::Jwt | Self::JwtSvid => false,
        }
    }
}

/// RFC 7515 section 4.1.9: media types are compared without regard to case, and "application/" may be
/// omitted.
fn is_media_type(text: &str, short_name: &str) -> bool {
    const PREFIX: &str = "application/";
    let bare = match text.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) => rest,
        _ => text,
    };
    bare.eq_ignore_ascii_case(short_name)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn types_of_each_profile() {
        let types = [
            (None, [true, false, true]),
            (Some("JWT"), [true, false, true]),
            (Some("jwt"), [true, false, false]),
            (Some("application/jwt"), [true, false, false]),
            (Some("JOSE"), [false, false, true]),
            (Some("jose"), [false, false, false]),
            (Some("at+jwt"), [true, true, false]),
            (Some("AT+JWT"), [true, true, false]),
            (Some("application/at+jwt"), [true, true, false]),
            (Some("Application/AT+jwt"), [true, true, false]),
            (Some(""), [false, false, false]),
            (Some("application/"), [false, false, false]),
            (Some("application/application/jwt"), [false, false, false]),
            (Some(" JWT"), [false, false, false]),
            (Some("JWE"), [false, false, false]),
            (Some("dpop+jwt"), [false, false, false]),
            (Some("wit+jwt"), [false, false, false]),
            (Some("logout+jwt"), [false, false, false]),
            (Some("secevent+jwt"), [false, false, false]),
            (Some("xat+jwt"), [false, false, false]),
            (Some("applicatioé/jwt"), [false, false, false]),
        ];
        for (token_type, expected) in types {
            let accepted = [Profile::Jwt, Profile::AccessToken, Profile::JwtSvid]
                .map(|profile| profile.accepts_type(token_type));
            assert_eq!(accepted, expected, "{token_type:?}");
        }
    }

    #[test]
    fn svids_are_never_signed_with_eddsa() {
        assert!(!Profile::JwtSvid.algorithms().contains(&Algorithm::EdDsa));
        assert!(Profile::JwtSvid.algorithms().contains(&Algorithm::Es512));
    }
}
