//! Decision IDs: unique among workers and their restarts. They name a decision; they are no secret.

/// Makes the IDs of one worker: a random number of the worker, then a count.
#[derive(Debug)]
pub struct DecisionIds {
    worker: u64,
    count: u64,
}

impl DecisionIds {
    /// IDs of the worker with this random number.
    #[must_use]
    pub const fn new(worker: u64) -> Self {
        Self { worker, count: 0 }
    }

    /// The next ID: 32 lower-case hexadecimal digits.
    pub fn next_id(&mut self) -> String {
        self.count = self.count.wrapping_add(1);
        format!("{:016x}{:016x}", self.worker, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_have_one_length() {
        let mut ids = DecisionIds::new(0xab);
        assert_eq!(ids.next_id(), "00000000000000ab0000000000000001");
        assert_eq!(ids.next_id(), "00000000000000ab0000000000000002");
    }
}
