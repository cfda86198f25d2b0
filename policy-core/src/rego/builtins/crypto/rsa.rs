//! RSA signatures, checked as Go's `crypto/rsa` checks them.
//!
//! Only the arithmetic is the `rsa` crate's: its own checks differ from Go's in which keys and which salts they take.

use rsa::traits::PublicKeyParts as _;
use rsa::{BigUint, Pkcs1v15Sign, Pss, RsaPrivateKey};
use sha2::{Sha256, Sha384, Sha512};

use super::super::call::{Failure, Meter};
use super::hash::Hash;

/// Bits of a modulus with which we still calculate: a check of 16384 bits takes some milliseconds.
const MAX_BITS: usize = 16_384;

/// Bits of a modulus with which we sign.
const MAX_SIGNING_BITS: usize = 4_096;

/// Go: keys below this "are insecure", and no operation takes them.
const MIN_BITS: usize = 1_024;

/// Go: "We require pub.E to fit into a 32-bit integer".
const MAX_EXPONENT: u64 = (1 << 31) - 1;

/// A public key, of any quality: whether it is fit shows when it is used.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::rego::builtins) struct RsaKey {
    pub(in crate::rego::builtins) modulus: BigUint,
    pub(in crate::rego::builtins) exponent: u64,
}

/// How a signature is padded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rego::builtins) enum RsaScheme {
    /// RSASSA-PKCS1-v1_5.
    Pkcs1,
    /// RSASSA-PSS.
    Pss(SaltLength),
}

/// The salt of RSASSA-PSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rego::builtins) enum SaltLength {
    /// As long as the padding says.
    Any,
    /// As long as the digest.
    Digest,
}

impl RsaKey {
    /// A key from a modulus, big-endian, and an exponent.
    pub(in crate::rego::builtins) fn new(modulus: &[u8], exponent: u64) -> Self {
        Self { modulus: BigUint::from_bytes_be(modulus), exponent }
    }

    /// Bits of the modulus.
    pub(in crate::rego::builtins) fn bits(&self) -> usize {
        self.modulus.bits()
    }

    /// Charges what one check costs: a multiplication for each bit of the exponent and each that is set.
    ///
    /// # Errors
    /// When the budget is used up, or the modulus is larger than any in use.
    pub(in crate::rego::builtins) fn charge(&self, meter: &mut Meter) -> Result<(), Failure> {
        let bits = self.modulus.bits();
        if bits > MAX_BITS {
            return Err(Failure::Limit("an RSA key has more than 16384 bits"));
        }
        let words = u64::try_from(bits.div_ceil(64)).unwrap_or(u64::MAX);
        let exponent = self.exponent.min(MAX_EXPONENT);
        let products = u64::from(exponent.count_ones())
            .saturating_add(u64::from(u64::BITS.saturating_sub(exponent.leading_zeros())));
        meter.steps(words.saturating_mul(words).saturating_mul(products) / 16)
    }

    /// Whether the signature is this key's over a message that has this digest.
    pub(in crate::rego::builtins) fn verifies(
        &self,
        scheme: RsaScheme,
        hash: Hash,
        digest: &[u8],
        signature: &[u8],
    ) -> bool {
        let Some(message) = self.recover(signature) else {
            return false;
        };
        match scheme {
            RsaScheme::Pkcs1 => {
                pkcs1_padding(hash, digest, message.len()).is_some_and(|wanted| wanted == message)
            }
            RsaScheme::Pss(salt) => {
                let bits = self.modulus.bits().saturating_sub(1);
                pss_matches(&message, bits, hash, digest, salt).is_some()
            }
        }
    }

    /// RFC 8017 section 5.2.2: the message representative, in the size of the modulus.
    fn recover(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let n = &self.modulus;
        let fit = n.bits() >= MIN_BITS
            && n.bits() <= MAX_BITS
            && n.to_bytes_le().first().is_some_and(|low| low & 1 == 1)
            && self.exponent >= 2
            && self.exponent & 1 == 1
            && self.exponent <= MAX_EXPONENT;
        let size = n.bits().div_ceil(8);
        let s = BigUint::from_bytes_be(signature);
        if !fit || signature.len() != size || s >= *n {
            return None;
        }
        let message = s.modpow(&BigUint::from(self.exponent), n).to_bytes_be();
        let mut padded = vec![0; size.checked_sub(message.len())?];
        padded.extend_from_slice(&message);
        Some(padded)
    }
}

/// RFC 8017 section 9.2 with the prefixes of its note 1.
fn pkcs1_padding(hash: Hash, digest: &[u8], size: usize) -> Option<Vec<u8>> {
    let (oid, length, whole) = match hash {
        Hash::Sha256 => (0x01, 0x20, 0x31),
        Hash::Sha384 => (0x02, 0x30, 0x41),
        Hash::Sha512 => (0x03, 0x40, 0x51),
    };
    let prefix = [
        0x30, whole, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, oid, 0x05, 0x00,
        0x04, length,
    ];
    let filling = size.checked_sub(prefix.len())?.checked_sub(digest.len())?.checked_sub(3)?;
    if filling < 8 {
        return None;
    }
    let mut padded = vec![0x00, 0x01];
    padded.resize(filling.checked_add(2)?, 0xff);
    padded.push(0x00);
    padded.extend_from_slice(&prefix);
    padded.extend_from_slice(digest);
    Some(padded)
}

/// RFC 8017 section 9.1.2.
fn pss_matches(message: &[u8], bits: usize, hash: Hash, digest: &[u8], salt: SaltLength) -> Option<()> {
    let size = bits.div_ceil(8);
    let (extra, encoded) = message.split_at_checked(message.len().checked_sub(size)?)?;
    let (masked, after) = encoded.split_at_checked(size.checked_sub(hash.size())?.checked_sub(1)?)?;
    let (code, trailer) = after.split_at_checked(hash.size())?;
    let unused = u32::try_from(size.checked_mul(8)?.checked_sub(bits)?).ok()?;
    let mask = 0xff_u8.checked_shr(unused)?;
    if extra.iter().any(|byte| *byte != 0) || trailer != [0xbc] || masked.first()? & !mask != 0 {
        return None;
    }
    let mut block: Vec<u8> =
        masked.iter().zip(mask_from(hash, code, masked.len())).map(|(a, b)| a ^ b).collect();
    *block.first_mut()? &= mask;
    let one = match salt {
        SaltLength::Any => block.iter().position(|byte| *byte == 0x01)?,
        SaltLength::Digest => block.len().checked_sub(hash.size())?.checked_sub(1)?,
    };
    let (zeros, rest) = block.split_at_checked(one)?;
    let (&first, salt) = rest.split_first()?;
    if zeros.iter().any(|byte| *byte != 0) || first != 0x01 {
        return None;
    }
    (hash.digest(&[&[0; 8], digest, salt]) == code).then_some(())
}

/// RFC 8017 appendix B.2.1.
fn mask_from(hash: Hash, seed: &[u8], size: usize) -> Vec<u8> {
    let mut mask = Vec::with_capacity(size.saturating_add(hash.size()));
    let mut counter = 0_u32;
    while mask.len() < size {
        mask.extend_from_slice(&hash.digest(&[seed, &counter.to_be_bytes()]));
        counter = counter.wrapping_add(1);
    }
    mask.truncate(size);
    mask
}

/// A private key whose numbers belong together.
pub(in crate::rego::builtins) struct RsaSecret(RsaPrivateKey);

/// The numbers of a private key, big-endian.
pub(in crate::rego::builtins) struct RsaNumbers<'n> {
    pub(in crate::rego::builtins) modulus: &'n [u8],
    pub(in crate::rego::builtins) exponent: u64,
    pub(in crate::rego::builtins) private: &'n [u8],
    pub(in crate::rego::builtins) primes: [&'n [u8]; 2],
    /// The private exponent for each prime, and the inverse of the second prime; calculated if they are missing.
    pub(in crate::rego::builtins) derived: Option<[&'n [u8]; 3]>,
}

/// What follows from a private exponent and the primes, big-endian (RFC 8017 section 3.2).
pub(in crate::rego::builtins) struct RsaCrt {
    /// The exponent for the first prime.
    pub(in crate::rego::builtins) p: Vec<u8>,
    /// The exponent for the second prime.
    pub(in crate::rego::builtins) q: Vec<u8>,
    /// The inverse of the second prime.
    pub(in crate::rego::builtins) inverse: Vec<u8>,
}

impl RsaNumbers<'_> {
    /// Whether the numbers belong together, as Go asks before it uses a key, and what follows from them. That the primes
    /// are prime nobody asks.
    ///
    /// # Errors
    /// When the budget is used up, or the modulus is larger than any in use.
    pub(in crate::rego::builtins) fn checked(&self, meter: &mut Meter) -> Result<Option<RsaCrt>, Failure> {
        let bytes = self.primes.iter().map(|prime| prime.len()).sum::<usize>().max(self.modulus.len());
        let bytes = bytes.max(self.private.len());
        if bytes > MAX_BITS / 8 {
            return Err(Failure::Limit("a private RSA key has more than 16384 bits"));
        }
        let words = u64::try_from(bytes.div_ceil(8)).unwrap_or(u64::MAX);
        meter.steps(words.saturating_mul(words).saturating_mul(words))?;
        Ok(self.fit())
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "invariant: numbers of any size; what is subtracted is never larger, and no divisor is zero"
    )]
    fn fit(&self) -> Option<RsaCrt> {
        let number = BigUint::from_bytes_be;
        let one = BigUint::from(1_u8);
        let two = BigUint::from(2_u8);
        let is_odd = |number: &BigUint| number.to_bytes_le().first().is_some_and(|low| low & 1 == 1);
        let (n, d) = (number(self.modulus), number(self.private));
        let e = BigUint::from(self.exponent);
        let [p, q] = self.primes.map(number);
        let public_fits =
            self.exponent >= 2 && self.exponent & 1 == 1 && self.exponent <= MAX_EXPONENT && is_odd(&n);
        if !public_fits || p <= one || q <= one || &p * &q != n || d >= n {
            return None;
        }
        let (p_1, q_1) = (&p - &one, &q - &one);
        let (d_p, d_q) = (&d % &p_1, &d % &q_1);
        if &d_p * &e % &p_1 != one || &d_q * &e % &q_1 != one {
            return None;
        }
        let inverse = match self.derived {
            Some([given_p, given_q, inverse]) => {
                if number(given_p) != d_p || number(given_q) != d_q {
                    return None;
                }
                number(inverse)
            }
            // Fermat: p is prime.
            None => (&q % &p).modpow(&(&p - &two), &p),
        };
        let half = n.bits() / 2;
        let apart = if p > q { &p - &q } else { &q - &p };
        let fits = inverse < p
            && &inverse * &q % &p == one
            && apart.bits().saturating_add(100) > half
            && d.bits() > half;
        fits.then(|| RsaCrt { p: d_p.to_bytes_be(), q: d_q.to_bytes_be(), inverse: inverse.to_bytes_be() })
    }
}

impl RsaSecret {
    /// A key from its numbers; `None` if they do not belong together.
    ///
    /// # Errors
    /// When the budget is used up, or the modulus is larger than we sign with.
    pub(in crate::rego::builtins) fn new(
        numbers: &RsaNumbers<'_>,
        meter: &mut Meter,
    ) -> Result<Option<Self>, Failure> {
        let number = BigUint::from_bytes_be;
        let modulus = number(numbers.modulus);
        if modulus.bits() > MAX_SIGNING_BITS {
            return Err(Failure::Limit("a private RSA key has more than 4096 bits"));
        }
        meter.steps(1_000)?;
        if modulus.bits() < MIN_BITS || numbers.exponent > MAX_EXPONENT || numbers.checked(meter)?.is_none() {
            return Ok(None);
        }
        let primes = numbers.primes.map(number).to_vec();
        let exponent = BigUint::from(numbers.exponent);
        Ok(RsaPrivateKey::from_components(modulus, exponent, number(numbers.private), primes)
            .ok()
            .filter(|key| key.validate().is_ok())
            .map(Self))
    }

    /// A signature over a message. The salt of RSASSA-PSS, and the blinding, follow from key and message.
    ///
    /// # Errors
    /// When the budget is used up.
    pub(in crate::rego::builtins) fn sign(
        &self,
        scheme: RsaScheme,
        hash: Hash,
        message: &[u8],
        meter: &mut Meter,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let words = u64::try_from(self.0.size().div_ceil(8)).unwrap_or(u64::MAX);
        meter.steps(words.saturating_mul(words).saturating_mul(words).saturating_mul(2))?;
        let digest = hash.digest(&[message]);
        let mut random = Derived::new(&self.0, &digest);
        let signed = match (scheme, hash) {
            (RsaScheme::Pkcs1, Hash::Sha256) => {
                self.0.sign_with_rng(&mut random, Pkcs1v15Sign::new::<Sha256>(), &digest)
            }
            (RsaScheme::Pkcs1, Hash::Sha384) => {
                self.0.sign_with_rng(&mut random, Pkcs1v15Sign::new::<Sha384>(), &digest)
            }
            (RsaScheme::Pkcs1, Hash::Sha512) => {
                self.0.sign_with_rng(&mut random, Pkcs1v15Sign::new::<Sha512>(), &digest)
            }
            (RsaScheme::Pss(_), Hash::Sha256) => {
                self.0.sign_with_rng(&mut random, Pss::new::<Sha256>(), &digest)
            }
            (RsaScheme::Pss(_), Hash::Sha384) => {
                self.0.sign_with_rng(&mut random, Pss::new::<Sha384>(), &digest)
            }
            (RsaScheme::Pss(_), Hash::Sha512) => {
                self.0.sign_with_rng(&mut random, Pss::new::<Sha512>(), &digest)
            }
        };
        Ok(signed.ok())
    }
}

/// Bytes that only the holder of a private key can foretell, the same for the same message: there is no other
/// randomness here.
struct Derived {
    seed: Vec<u8>,
    counter: u64,
}

impl Derived {
    fn new(key: &RsaPrivateKey, digest: &[u8]) -> Self {
        use rsa::traits::PrivateKeyParts as _;
        Self { seed: Hash::Sha512.digest(&[b"salt", &key.d().to_bytes_be(), digest]), counter: 0 }
    }
}

impl rsa::rand_core::RngCore for Derived {
    fn next_u32(&mut self) -> u32 {
        rsa::rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rsa::rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(64) {
            let block = Hash::Sha512.digest(&[&self.seed, &self.counter.to_be_bytes()]);
            self.counter = self.counter.wrapping_add(1);
            for (byte, random) in chunk.iter_mut().zip(block) {
                *byte = random;
            }
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl rsa::rand_core::CryptoRng for Derived {}
