//! Arguments -> command. Everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    treadline::cli::main()
}
