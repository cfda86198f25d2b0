//! The table of what was played, and everything that was not as it should be.

use super::alike::differences_of_hosts;
use super::file::Scenario;
use super::module;
use super::play::Played;
use super::verdict::Outcome;
use crate::Error;
use crate::table::{Mark, Style, Table};
use doorward_cli::render::Host;

const COLUMNS: [&str; 7] = ["scenario", "caller", "request", "token", "decision", "reason", ">HTTP"];

/// A line for each request, whatever the number of hosts on which it was played; its time on each.
pub struct Report {
    hosts: Vec<Host>,
    table: Table,
    requests: usize,
    played: usize,
    differences: Vec<String>,
}

impl Report {
    /// A report about these hosts.
    pub fn new(hosts: &[Host]) -> Self {
        let times: Vec<String> = match hosts {
            [_] => vec![">time".into()],
            _ => hosts.iter().map(|host| format!(">{}", module::name(*host))).collect(),
        };
        let columns: Vec<&str> = COLUMNS.into_iter().chain(times.iter().map(String::as_str)).collect();
        Self {
            hosts: hosts.to_vec(),
            table: Table::new(&columns),
            requests: 0,
            played: 0,
            differences: Vec::new(),
        }
    }

    /// Whether everything was as it should be.
    pub fn is_good(&self) -> bool {
        self.differences.is_empty() && self.played > 0
    }

    /// A scenario that could not be played is a difference like any other.
    pub fn failed(&mut self, scenario: &Scenario, host: Host, error: &Error) {
        let place = self.place(scenario, host);
        self.differences.push(format!("{place}: could not be played: {error}"));
    }

    /// Adds a scenario, as it was played on each host: all of its requests, in order.
    pub fn add(&mut self, scenario: &Scenario, plays: &[(Host, Vec<Played<'_>>)]) {
        let longest = plays.iter().map(|(_, requests)| requests.len()).max().unwrap_or(0);
        for index in 0..longest {
            let on_hosts: Vec<(Host, &Played<'_>)> =
                plays.iter().filter_map(|(host, requests)| Some((*host, requests.get(index)?))).collect();
            self.add_request(scenario, &on_hosts);
        }
    }

    fn add_request(&mut self, scenario: &Scenario, on_hosts: &[(Host, &Played<'_>)]) {
        let Some((_, Played { spec, tokens, .. })) = on_hosts.first() else { return };
        self.requests += 1;
        self.played += on_hosts.len();
        let mut found = Vec::new();
        for (host, played) in on_hosts {
            let place = self.place(scenario, *host);
            found.extend(played.differences.iter().map(|what| format!("{place} / {}: {what}", spec.name)));
        }
        if let [(Host::Wasm, wasm), (Host::Native, native)] = on_hosts {
            let differing = differences_of_hosts(wasm, native);
            found.extend(differing.iter().map(|what| format!("{} / {}: {what}", scenario.name, spec.name)));
        }
        let shown = |part: fn(&Outcome) -> String| {
            let mut values: Vec<String> = on_hosts.iter().map(|(_, played)| part(&played.outcome)).collect();
            values.dedup();
            values.join(" / ")
        };
        let mut cells = vec![
            scenario.name.clone(),
            spec.caller.clone(),
            format!("{} {}", spec.method, spec.path),
            if tokens.is_empty() { "-".into() } else { tokens.join(", ") },
            shown(|outcome| outcome.decision().into()),
            shown(Outcome::reason),
            shown(Outcome::status),
        ];
        let time = |host: &Host| {
            on_hosts.iter().find(|(of, _)| of == host).map(|(_, played)| played.outcome.elapsed())
        };
        cells.extend(self.hosts.iter().map(|host| time(host).unwrap_or("-".into())));
        self.table.row(if found.is_empty() { Mark::Good } else { Mark::Bad }, cells);
        self.differences.extend(found);
    }

    /// The table, every difference, and the closing line.
    pub fn print(&self, style: Style) {
        if self.requests > 0 {
            println!("\n{}", self.table.render(style));
        }
        for difference in &self.differences {
            println!("{}", style.paint(&format!("✗ {difference}"), Mark::Bad));
        }
        let requests = count(self.played, "request");
        match (self.differences.len(), self.hosts.as_slice()) {
            (0, _) if self.played == 0 => println!("no scenario has a request"),
            (0, [_]) => {
                println!("{}", style.paint(&format!("{requests}, all decided as expected"), Mark::Good));
            }
            (0, _) => {
                let each =
                    format!("{requests} ({} on each host, alike), all decided as expected", self.requests);
                println!("{}", style.paint(&each, Mark::Good));
            }
            (differences, _) => println!("{requests}, {}", count(differences, "difference")),
        }
    }

    /// The host is named where there are several.
    fn place(&self, scenario: &Scenario, host: Host) -> String {
        match self.hosts.len() {
            1 => scenario.name.clone(),
            _ => format!("{} on {}", scenario.name, module::name(host)),
        }
    }
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
