//! Makes Cargo notice a new migration: the macro that embeds the folder is only told of the files it saw last time.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
