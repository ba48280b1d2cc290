//! Makes Cargo notice a new migration: the macro that embeds the folder is only told of the files it saw last time.

#![expect(
    clippy::print_stdout,
    reason = "a build script speaks to Cargo through standard output"
)]

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
