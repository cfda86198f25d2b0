//! The extensions that Go understands (RFC 5280 section 4.2).

use core::net::IpAddr;

use super::super::call::Failure;
use super::certificate::{Extension, broken};
use super::der::{Element, Oid, Reader, tag};
use super::public_key::KeyError;
use super::uri::Uri;

/// What the extensions say. `None`, or an empty list, is what nobody said.
#[derive(Default)]
pub(super) struct Extensions<'d> {
    pub(super) key_usage: i64,
    pub(super) extended_usages: Vec<i64>,
    pub(super) unknown_usages: Vec<Oid<'d>>,
    pub(super) basic_constraints: Option<BasicConstraints>,
    pub(super) subject_key_id: Option<&'d [u8]>,
    pub(super) authority_key_id: Option<&'d [u8]>,
    pub(super) ocsp_servers: Vec<&'d [u8]>,
    pub(super) issuing_urls: Vec<&'d [u8]>,
    pub(super) names: AlternativeNames<'d>,
    pub(super) constraints_critical: bool,
    pub(super) permitted: NameConstraints<'d>,
    pub(super) excluded: NameConstraints<'d>,
    pub(super) crl_points: Vec<&'d [u8]>,
    /// Contents of object identifiers of any size.
    pub(super) policies: Option<Vec<&'d [u8]>>,
    pub(super) policy_mappings: Vec<(&'d [u8], &'d [u8])>,
    pub(super) inhibit_any_policy: Option<i64>,
    pub(super) inhibit_policy_mapping: Option<i64>,
    pub(super) require_explicit_policy: Option<i64>,
    pub(super) unhandled_critical: Vec<Oid<'d>>,
}

/// Whether a certificate may sign others, and how many may follow; -1 for any number.
#[derive(Clone, Copy)]
pub(super) struct BasicConstraints {
    pub(super) is_ca: bool,
    pub(super) path_length: i64,
}

/// Names of the subject, by kind.
#[derive(Default)]
pub(super) struct AlternativeNames<'d> {
    pub(super) dns: Vec<&'d str>,
    pub(super) email: Vec<&'d str>,
    /// 4 or 16 bytes.
    pub(super) ip: Vec<&'d [u8]>,
    pub(super) uris: Vec<Uri<'d>>,
}

/// Names that a signer may, or may not, sign.
#[derive(Default)]
pub(super) struct NameConstraints<'d> {
    pub(super) dns: Vec<&'d str>,
    /// Address and mask, 4 or 16 bytes each.
    pub(super) ip: Vec<(&'d [u8], &'d [u8])>,
    pub(super) email: Vec<&'d str>,
    pub(super) uri: Vec<&'d str>,
}

/// 2.5.29: the extensions of X.509.
const CERTIFICATE_EXTENSION: [u8; 2] = [0x55, 0x1d];

/// 1.3.6.1.5.5.7.1.1
const AUTHORITY_INFORMATION: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01];
const OCSP: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01];
const ISSUERS: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02];

/// 2.5.29.17
pub(super) const SUBJECT_ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 0x11];

impl<'d> Extensions<'d> {
    /// Reads the extensions of a certificate.
    ///
    /// # Errors
    /// What is wrong with one that Go understands.
    pub(super) fn read(extensions: &[Extension<'d>]) -> Result<Self, KeyError> {
        let mut read = Self::default();
        for extension in extensions {
            let handled = read.extension(extension)?;
            if extension.critical && !handled {
                read.unhandled_critical.push(extension.id);
            }
        }
        Ok(read)
    }

    /// Whether the extension was understood.
    fn extension(&mut self, extension: &Extension<'d>) -> Result<bool, KeyError> {
        const BROKEN: KeyError = broken("an extension of a certificate is not well formed");
        let mut value = Reader::new(extension.value);
        if extension.id.bytes() == AUTHORITY_INFORMATION {
            if extension.critical {
                return Err(broken("authority info access incorrectly marked critical"));
            }
            self.authority_information(value).ok_or(BROKEN)?;
            return Ok(true);
        }
        let number = match extension.id.bytes() {
            [a, b, number] if [*a, *b] == CERTIFICATE_EXTENSION => *number,
            _ => return Ok(false),
        };
        match number {
            14 => {
                if extension.critical {
                    return Err(broken("subject key identifier incorrectly marked critical"));
                }
                self.subject_key_id = Some(value.value(tag::OCTET_STRING).ok_or(BROKEN)?.content);
            }
            15 => self.key_usage = key_usage(value).ok_or(BROKEN)?,
            17 => {
                self.names = AlternativeNames::read(value)?;
                return Ok(!self.names.is_empty());
            }
            19 => self.basic_constraints = Some(basic_constraints(value).ok_or(BROKEN)?),
            30 => {
                self.constraints_critical = extension.critical;
                return self.name_constraints(value);
            }
            31 => self.crl_points = crl_points(value).ok_or(BROKEN)?,
            32 => self.policies = Some(policies(value).ok_or(BROKEN)?),
            33 => self.policy_mappings = policy_mappings(value).ok_or(BROKEN)?,
            35 => {
                if extension.critical {
                    return Err(broken("authority key identifier incorrectly marked critical"));
                }
                let mut inside = value.sequence().ok_or(BROKEN)?;
                let id = inside.optional(tag::implicit(0)).ok_or(BROKEN)?;
                self.authority_key_id = id.map(|id| id.content);
            }
            36 => self.policy_constraints(value).ok_or(BROKEN)?,
            37 => self.extended_usages(value).ok_or(BROKEN)?,
            54 => self.inhibit_any_policy = Some(value.small().ok_or(BROKEN)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn authority_information(&mut self, mut value: Reader<'d>) -> Option<()> {
        let mut list = value.sequence()?;
        while !list.is_empty() {
            let mut access = list.sequence()?;
            let method = access.oid()?;
            let Some(location) = access.optional(tag::implicit(6))? else { continue };
            match method.bytes() {
                OCSP => self.ocsp_servers.push(location.content),
                ISSUERS => self.issuing_urls.push(location.content),
                _ => {}
            }
        }
        Some(())
    }

    fn policy_constraints(&mut self, mut value: Reader<'d>) -> Option<()> {
        let mut inside = value.sequence()?;
        let mut number = |place| match inside.optional(tag::implicit(place))? {
            Some(number) => super::der::small(super::der::integer(number.content)?).map(Some),
            None => Some(None),
        };
        self.require_explicit_policy = number(0)?;
        self.inhibit_policy_mapping = number(1)?;
        Some(())
    }

    fn extended_usages(&mut self, mut value: Reader<'d>) -> Option<()> {
        let mut list = value.sequence()?;
        while !list.is_empty() {
            let usage = list.oid()?;
            match EXTENDED_USAGES.iter().position(|known| *known == usage.bytes()) {
                Some(number) => self.extended_usages.push(i64::try_from(number).ok()?),
                None => self.unknown_usages.push(usage),
            }
        }
        Some(())
    }

    /// Whether all kinds of names in it were understood.
    fn name_constraints(&mut self, mut value: Reader<'d>) -> Result<bool, KeyError> {
        const BROKEN: KeyError = broken("the name constraints of a certificate are not well formed");
        let mut read = || {
            let mut inside = value.sequence()?;
            let permitted = inside.optional(tag::explicit(0))?;
            let excluded = inside.optional(tag::explicit(1))?;
            (value.is_empty() && inside.is_empty()).then_some([permitted, excluded])
        };
        let [permitted, excluded] = read().ok_or(BROKEN)?;
        let content = |part: Option<Element<'d>>| part.map(|part| part.content).unwrap_or_default();
        if content(permitted).is_empty() && content(excluded).is_empty() {
            return Err(broken("the name constraints of a certificate are empty"));
        }
        let mut understood = true;
        self.permitted = NameConstraints::read(content(permitted), &mut understood)?;
        self.excluded = NameConstraints::read(content(excluded), &mut understood)?;
        Ok(understood)
    }
}

/// The purposes of extended key usage; their places are Go's numbers.
const EXTENDED_USAGES: [&[u8]; 14] = [
    &[0x55, 0x1d, 0x25, 0x00],
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01],
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02],
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03],
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x04],
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x05],
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x06],
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x07],
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08],
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09],
    &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0a, 0x03, 0x03],
    &[0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x04, 0x01],
    &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x16],
    &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x3d, 0x01, 0x01],
];

fn key_usage(mut value: Reader<'_>) -> Option<i64> {
    let bits = value.bits()?;
    Some((0_u8..9).filter(|place| bits.at(usize::from(*place))).fold(0, |usage, place| usage | (1 << place)))
}

fn basic_constraints(mut value: Reader<'_>) -> Option<BasicConstraints> {
    let mut inside = value.sequence()?;
    let is_ca = if inside.at(tag::BOOLEAN) { inside.boolean()? } else { false };
    let path_length =
        if inside.at(tag::INTEGER) { inside.small().filter(|length| *length >= 0)? } else { -1 };
    Some(BasicConstraints { is_ca, path_length })
}

/// The URIs of the full names of the points, up to a name of another kind.
fn crl_points<'d>(mut value: Reader<'d>) -> Option<Vec<&'d [u8]>> {
    let mut uris = Vec::new();
    let mut points = value.sequence()?;
    while !points.is_empty() {
        let mut point = points.sequence()?;
        let Some(name) = point.optional(tag::explicit(0))? else { continue };
        let mut full_name = name.reader().inside(tag::explicit(0))?;
        while full_name.at(tag::implicit(6)) {
            uris.push(full_name.any()?.content);
        }
    }
    Some(uris)
}

fn policies<'d>(mut value: Reader<'d>) -> Option<Vec<&'d [u8]>> {
    let mut policies = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let mut list = value.sequence()?;
    while !list.is_empty() {
        let policy = list.sequence()?.value(tag::OID)?.content;
        if !seen.insert(policy) || !super::der::is_oid(policy) {
            return None;
        }
        policies.push(policy);
    }
    Some(policies)
}

fn policy_mappings<'d>(mut value: Reader<'d>) -> Option<Vec<(&'d [u8], &'d [u8])>> {
    let mut mappings = Vec::new();
    let mut list = value.sequence()?;
    while !list.is_empty() {
        let mut pair = list.sequence()?;
        mappings.push((pair.value(tag::OID)?.content, pair.value(tag::OID)?.content));
    }
    Some(mappings)
}

impl<'d> AlternativeNames<'d> {
    /// Reads a subject alternative name.
    ///
    /// # Errors
    /// When it, or a name in it, is not well formed.
    pub(super) fn read(mut value: Reader<'d>) -> Result<Self, KeyError> {
        const BROKEN: KeyError = broken("a subject alternative name is not well formed");
        let mut names = Self::default();
        let mut list = value.sequence().ok_or(BROKEN)?;
        while !list.is_empty() {
            let name = list.any().ok_or(BROKEN)?;
            match name.tag ^ 0x80 {
                1 => names.email.push(ascii(name.content).ok_or(BROKEN)?),
                2 => names.dns.push(ascii(name.content).ok_or(BROKEN)?),
                6 => names.uris.push(Uri::read(ascii(name.content).ok_or(BROKEN)?)?),
                7 if matches!(name.content.len(), 4 | 16) => names.ip.push(name.content),
                7 => return Err(BROKEN),
                _ => {}
            }
        }
        Ok(names)
    }

    fn is_empty(&self) -> bool {
        self.dns.is_empty() && self.email.is_empty() && self.ip.is_empty() && self.uris.is_empty()
    }
}

impl<'d> NameConstraints<'d> {
    fn read(subtrees: &'d [u8], understood: &mut bool) -> Result<Self, KeyError> {
        const BROKEN: KeyError = broken("the name constraints of a certificate are not well formed");
        let mut constraints = Self::default();
        let mut list = Reader::new(subtrees);
        while !list.is_empty() {
            let base = list.sequence().and_then(|mut subtree| subtree.any()).ok_or(BROKEN)?;
            let domain = || ascii(base.content).filter(|domain| is_domain(domain, true)).ok_or(BROKEN);
            match base.tag {
                0x81 if base.content.contains(&b'@') => {
                    return Err(KeyError::Limit(Failure::Limit(
                        "a name constraint on one mailbox is not supported",
                    )));
                }
                0x81 => constraints.email.push(domain()?),
                0x82 => constraints.dns.push(domain()?),
                0x86 => {
                    let domain = domain()?;
                    if domain.parse::<IpAddr>().is_ok() {
                        return Err(BROKEN);
                    }
                    constraints.uri.push(domain);
                }
                0x87 => {
                    let half = base.content.len() / 2;
                    let (address, mask) = base.content.split_at_checked(half).ok_or(BROKEN)?;
                    if !matches!(base.content.len(), 8 | 32) || !is_mask(mask) {
                        return Err(BROKEN);
                    }
                    constraints.ip.push((address, mask));
                }
                _ => *understood = false,
            }
        }
        Ok(constraints)
    }
}

/// Ones, then zeros.
fn is_mask(mask: &[u8]) -> bool {
    let ones = mask.iter().take_while(|byte| **byte == 0xff).count();
    let mut rest = mask.iter().skip(ones);
    let partly = rest.next().is_none_or(|byte| {
        byte.leading_ones().checked_add(byte.trailing_zeros()).is_none_or(|bits| bits >= 8)
    });
    partly && rest.all(|byte| *byte == 0)
}

fn ascii(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii())
}

/// Labels that are not empty, of visible characters; a constraint may begin with a dot.
pub(super) fn is_domain(domain: &str, is_constraint: bool) -> bool {
    if domain.is_empty() {
        return true;
    }
    let labels = if is_constraint { domain.strip_prefix('.').unwrap_or(domain) } else { domain };
    !domain.ends_with('.')
        && labels
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_graphic()))
}
