//! Time zones: the database of names, in the years for which it is known.

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::{OffsetName, Tz};

use crate::rego::builtins::Failure;
use crate::rego::builtins::arguments::refuse;

#[derive(Clone, Debug)]
pub(super) struct Zone(Option<Tz>);

impl Zone {
    pub(super) const UTC: Self = Self(None);

    /// The zone of a name. `Local` is UTC: there is no machine around an evaluation.
    pub(super) fn named(name: &str) -> Result<Self, Failure> {
        match name {
            "" | "UTC" | "Local" => Ok(Self::UTC),
            // Not in every database, or not the same there.
            "posixrules" | "Factory" | "localtime" => {
                Err(Failure::Limit("the time zone depends on the machine"))
            }
            name if name.starts_with("posix/") || name.starts_with("right/") => {
                Err(Failure::Limit("the time zone depends on the machine"))
            }
            name => match name.parse::<Tz>() {
                Ok(zone) => Ok(Self(Some(zone))),
                Err(_) => refuse("unknown time zone"),
            },
        }
    }

    /// Seconds east of UTC at an instant.
    pub(super) fn offset(&self, seconds: i64) -> Result<i32, Failure> {
        let Some(zone) = self.0 else { return Ok(0) };
        // Before, databases differ in what they keep; after, the rules that are written down end.
        const FROM: i64 = 0;
        const UNTIL: i64 = 4_102_444_800;
        if !(FROM..UNTIL).contains(&seconds) {
            return Err(Failure::Limit("time zones are known from 1970 to 2099"));
        }
        let utc = DateTime::from_timestamp(seconds, 0).map(|utc| utc.naive_utc());
        Ok(utc.map_or(0, |utc| zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()))
    }

    /// The short name at an instant.
    pub(super) fn abbreviation(&self, seconds: i64) -> String {
        let utc = DateTime::from_timestamp(seconds, 0).map(|utc| utc.naive_utc());
        let (Some(zone), Some(utc)) = (self.0, utc) else { return String::from("UTC") };
        let offset = zone.offset_from_utc_datetime(&utc);
        match offset.abbreviation() {
            Some(name) => name.to_owned(),
            None => numeric(offset.fix().local_minus_utc()),
        }
    }

    /// The instant at which a clock in the zone shows a time, both in seconds since 1970. Where a clock is turned it
    /// shows a time twice or never; the choice is Go's.
    pub(super) fn to_utc(&self, local: i64) -> Result<i64, Failure> {
        if self.0.is_none() {
            return Ok(local);
        }
        let guess = self.offset(local)?;
        if guess == 0 {
            return Ok(local);
        }
        let offset = self.offset(local.saturating_sub(i64::from(guess)))?;
        Ok(local.saturating_sub(i64::from(offset)))
    }
}

/// The name of a zone that has none: its offset, as short as it goes.
fn numeric(offset: i32) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.unsigned_abs().div_euclid(60);
    let (hours, minutes) = (minutes.div_euclid(60), minutes.rem_euclid(60));
    if minutes == 0 { format!("{sign}{hours:02}") } else { format!("{sign}{hours:02}{minutes:02}") }
}
