//! Measures the cases that are written to its input, natively or as wasm, and writes the figures to its output.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use doorward_benches::Counting;
use doorward_benches::measure::{Order, measure};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).map_err(|error| error.to_string())?;
    let order: Order = serde_json::from_str(&text).map_err(|error| format!("the cases: {error}"))?;
    let figures = serde_json::to_vec(&measure(&order)?).map_err(|error| error.to_string())?;
    io::stdout().write_all(&figures).map_err(|error| error.to_string())
}
