//! Arguments -> command.
fn main() {}
