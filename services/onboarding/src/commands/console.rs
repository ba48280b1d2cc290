//! `onboarding console …`

use console::staff::{Staff, StaffError};
use runtime::Config;
use serde_json::json;

use crate::cli::Console;
use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{say, say_json};

/// Runs the command.
pub async fn run(config: &Config, command: Console, as_json: bool) -> anyhow::Result<Exit> {
    let done = standing(config, "console", async |ground| {
        let staff = Staff::new(ground.pool.clone());
        let page = format!("{}/console", config.public_url.trim_end_matches('/'));
        Ok(carry_out(&staff, command, &page, as_json).await)
    })
    .await?;
    match done {
        Ok(exit) => Ok(exit),
        Err(StaffError::Database(fault)) => Err(fault.into()),
        Err(refused) => {
            eprintln!("{refused}");
            Ok(Exit::WrongUsage)
        }
    }
}

async fn carry_out(staff: &Staff, command: Console, page: &str, as_json: bool) -> Result<Exit, StaffError> {
    match command {
        Console::Add { name, role } => {
            let secret = staff.add(&name, role).await?;
            if as_json {
                let added = json!({"name": name, "role": role, "secret": secret, "url": page});
                print(&added);
            } else {
                say(format_args!("{name} may sign in at {page} as {}", role.name()));
                say(format_args!("secret, shown this once: {secret}"));
            }
        }
        Console::List => {
            let everybody = staff.list().await?;
            if as_json {
                print(&everybody);
            } else if everybody.is_empty() {
                say("nobody yet: `onboarding console add`");
            } else {
                for it in everybody {
                    let gone = it
                        .removed_at
                        .map_or_else(String::new, |at| format!(", removed {}", at.format("%Y-%m-%d")));
                    say(format_args!(
                        "{}: {}, since {}{gone}",
                        it.name,
                        it.role,
                        it.added_at.format("%Y-%m-%d")
                    ));
                }
            }
        }
        Console::Remove { name } => {
            if !staff.remove(&name).await? {
                eprintln!("nobody is called {name}");
                return Ok(Exit::Fault);
            }
            say(format_args!("{name} may sign in no more"));
        }
    }
    Ok(Exit::Fine)
}

fn print(value: &impl serde::Serialize) {
    if let Err(fault) = say_json(value) {
        tracing::error!(%fault, "the answer cannot be written");
    }
}
