//! ECDSA on the curves of NIST, with digests of any length as Go takes them.

use ecdsa::elliptic_curve::ff::{Field as _, PrimeField as _};
use ecdsa::elliptic_curve::generic_array::ArrayLength;
use ecdsa::elliptic_curve::generic_array::typenum::Unsigned;
use ecdsa::elliptic_curve::ops::{Invert, Reduce};
use ecdsa::elliptic_curve::point::PointCompression;
use ecdsa::elliptic_curve::sec1::{FromEncodedPoint, ModulusSize, ToEncodedPoint};
use ecdsa::elliptic_curve::subtle::CtOption;
use ecdsa::elliptic_curve::{
    AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, PublicKey, Scalar, SecretKey,
};
use ecdsa::hazmat::{SignPrimitive, VerifyPrimitive};
use ecdsa::{PrimeCurve, Signature, SignatureSize};
use hmac::digest::core_api::BlockSizeUser;
use hmac::digest::{Digest, FixedOutputReset};
use p224::NistP224;
use p256::NistP256;
use p384::NistP384;
use p521::NistP521;
use rfc6979::HmacDrbg;
use sha2::{Sha256, Sha384, Sha512};

use super::hash::Hash;

/// A point on a curve.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::rego::builtins) enum EcKey {
    P224(PublicKey<NistP224>),
    P256(PublicKey<NistP256>),
    P384(PublicKey<NistP384>),
    P521(PublicKey<NistP521>),
}

/// The curves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rego::builtins) enum Curve {
    P224,
    P256,
    P384,
    P521,
}

impl Curve {
    /// Bytes of a coordinate, and of a number below the order.
    pub(in crate::rego::builtins) fn size(self) -> usize {
        match self {
            Self::P224 => 28,
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// Steps that checking a signature, or reading a point, costs.
    pub(in crate::rego::builtins) fn steps(self) -> u64 {
        match self {
            Self::P224 | Self::P256 => 3_000,
            Self::P384 => 8_000,
            Self::P521 => 20_000,
        }
    }
}

impl EcKey {
    /// A point in SEC 1's uncompressed form; `None` if it is not on the curve.
    pub(in crate::rego::builtins) fn uncompressed(curve: Curve, point: &[u8]) -> Option<Self> {
        if point.first() != Some(&0x04) {
            return None;
        }
        match curve {
            Curve::P224 => PublicKey::from_sec1_bytes(point).ok().map(Self::P224),
            Curve::P256 => PublicKey::from_sec1_bytes(point).ok().map(Self::P256),
            Curve::P384 => PublicKey::from_sec1_bytes(point).ok().map(Self::P384),
            Curve::P521 => PublicKey::from_sec1_bytes(point).ok().map(Self::P521),
        }
    }

    pub(in crate::rego::builtins) fn curve(&self) -> Curve {
        match self {
            Self::P224(_) => Curve::P224,
            Self::P256(_) => Curve::P256,
            Self::P384(_) => Curve::P384,
            Self::P521(_) => Curve::P521,
        }
    }

    /// Both coordinates, big-endian, of the curve's size.
    pub(in crate::rego::builtins) fn coordinates(&self) -> (Vec<u8>, Vec<u8>) {
        match self {
            Self::P224(key) => coordinates(key),
            Self::P256(key) => coordinates(key),
            Self::P384(key) => coordinates(key),
            Self::P521(key) => coordinates(key),
        }
    }

    /// Whether two numbers, big-endian and of any length, are a signature over a digest of any length.
    pub(in crate::rego::builtins) fn verifies(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        match self {
            Self::P224(key) => verifies(key, digest, r, s),
            Self::P256(key) => verifies(key, digest, r, s),
            Self::P384(key) => verifies(key, digest, r, s),
            Self::P521(key) => verifies(key, digest, r, s),
        }
    }
}

/// A number below the order of a curve, and the point that belongs to it.
pub(in crate::rego::builtins) enum EcSecret {
    P224(SecretKey<NistP224>),
    P256(SecretKey<NistP256>),
    P384(SecretKey<NistP384>),
    P521(SecretKey<NistP521>),
}

impl EcSecret {
    /// A number of the curve's size; `None` if it is zero or not below the order.
    pub(in crate::rego::builtins) fn new(curve: Curve, number: &[u8]) -> Option<Self> {
        if number.len() != curve.size() {
            return None;
        }
        match curve {
            Curve::P224 => SecretKey::from_slice(number).ok().map(Self::P224),
            Curve::P256 => SecretKey::from_slice(number).ok().map(Self::P256),
            Curve::P384 => SecretKey::from_slice(number).ok().map(Self::P384),
            Curve::P521 => SecretKey::from_slice(number).ok().map(Self::P521),
        }
    }

    /// The point that belongs to it.
    pub(in crate::rego::builtins) fn public(&self) -> EcKey {
        match self {
            Self::P224(key) => EcKey::P224(key.public_key()),
            Self::P256(key) => EcKey::P256(key.public_key()),
            Self::P384(key) => EcKey::P384(key.public_key()),
            Self::P521(key) => EcKey::P521(key.public_key()),
        }
    }

    /// A signature over a message, as JWS writes it: both numbers in the curve's size.
    ///
    /// RFC 6979: the nonce follows from key and digest, so the same call gives the same signature.
    pub(in crate::rego::builtins) fn sign(&self, hash: Hash, message: &[u8]) -> Option<Vec<u8>> {
        let digest = hash.digest(&[message]);
        match self {
            Self::P224(key) => signed(key, hash, &digest),
            Self::P256(key) => signed(key, hash, &digest),
            Self::P384(key) => signed(key, hash, &digest),
            Self::P521(key) => signed(key, hash, &digest),
        }
    }
}

fn coordinates<C>(key: &PublicKey<C>) -> (Vec<u8>, Vec<u8>)
where
    C: CurveArithmetic + PointCompression,
    AffinePoint<C>: FromEncodedPoint<C> + ToEncodedPoint<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let point = key.as_affine().to_encoded_point(false);
    let bytes = |coordinate: Option<&FieldBytes<C>>| coordinate.map(|x| x.to_vec()).unwrap_or_default();
    (bytes(point.x()), bytes(point.y()))
}

fn verifies<C>(key: &PublicKey<C>, digest: &[u8], r: &[u8], s: &[u8]) -> bool
where
    C: PrimeCurve + CurveArithmetic,
    AffinePoint<C>: VerifyPrimitive<C>,
    SignatureSize<C>: ArrayLength<u8>,
{
    let (Some(r), Some(s)) = (number::<C>(r), number::<C>(s)) else {
        return false;
    };
    let Ok(signature) = Signature::<C>::from_scalars(r, s) else {
        return false;
    };
    key.as_affine().verify_prehashed(&digest_as_number::<C>(digest), &signature).is_ok()
}

fn signed<C>(key: &SecretKey<C>, hash: Hash, digest: &[u8]) -> Option<Vec<u8>>
where
    C: PrimeCurve + CurveArithmetic,
    Scalar<C>:
        Invert<Output = CtOption<Scalar<C>>> + Reduce<C::Uint, Bytes = FieldBytes<C>> + SignPrimitive<C>,
    SignatureSize<C>: ArrayLength<u8>,
{
    let z = digest_as_number::<C>(digest);
    let secret = key.to_nonzero_scalar();
    let nonce = match hash {
        Hash::Sha256 => nonce::<C, Sha256>(&secret.to_repr(), &z),
        Hash::Sha384 => nonce::<C, Sha384>(&secret.to_repr(), &z),
        Hash::Sha512 => nonce::<C, Sha512>(&secret.to_repr(), &z),
    }?;
    let (signature, _) = secret.try_sign_prehashed(nonce, &z).ok()?;
    Some(signature.to_vec())
}

/// RFC 6979 section 3.2, for a hash of any length.
fn nonce<C, D>(secret: &FieldBytes<C>, z: &FieldBytes<C>) -> Option<Scalar<C>>
where
    C: PrimeCurve + CurveArithmetic,
    Scalar<C>: Reduce<C::Uint, Bytes = FieldBytes<C>>,
    D: Digest + BlockSizeUser + FixedOutputReset,
{
    let reduced = <Scalar<C> as Reduce<C::Uint>>::reduce_bytes(z).to_repr();
    let mut random = HmacDrbg::<D>::new(secret, &reduced, &[]);
    let mut candidate = FieldBytes::<C>::default();
    // The chance that a candidate is not below the order is at most a half, and far less on all curves here.
    for _ in 0..128 {
        random.fill_bytes(&mut candidate);
        if candidate.len() == Curve::P521.size() {
            shift_right_by_7(&mut candidate);
        }
        let scalar = Option::<Scalar<C>>::from(Scalar::<C>::from_repr(candidate.clone()));
        if let Some(scalar) = scalar.filter(|scalar| !bool::from(scalar.is_zero())) {
            return Some(scalar);
        }
    }
    None
}

/// The leftmost 521 of 528 bits.
fn shift_right_by_7(bytes: &mut [u8]) {
    let mut carried = 0_u8;
    for byte in bytes {
        let moved = (carried << 1) | (*byte >> 7);
        carried = *byte;
        *byte = moved;
    }
}

/// A number of any length in the size of the curve, if it fits.
fn number<C: PrimeCurve>(bytes: &[u8]) -> Option<FieldBytes<C>> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let bytes = bytes.get(zeros..)?;
    let mut number = FieldBytes::<C>::default();
    let start = number.len().checked_sub(bytes.len())?;
    number.get_mut(start..)?.copy_from_slice(bytes);
    Some(number)
}

/// SEC 1 section 4.1.4, step 3: as many of the leftmost bits as the order has. No digest here is longer than the order
/// by a part of a byte.
fn digest_as_number<C: PrimeCurve>(digest: &[u8]) -> FieldBytes<C> {
    let size = FieldBytesSize::<C>::USIZE;
    number::<C>(digest.get(..size).unwrap_or(digest)).unwrap_or_default()
}
