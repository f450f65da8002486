//! `session-history completions`.

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use super::output::{Done, print};

/// The arguments of `completions`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The shell.
    shell: Shell,
}

pub(super) fn run(mut command: Command, arguments: &Arguments) -> Done {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, name.clone(), &mut script);
    // The script for bash sets `session__history__subcmd__sync`, and then looks for `session__subcmd__history__subcmd__sync`.
    let (set, sought) = (name.replace('-', "__"), name.replace('-', "__subcmd__"));
    print(&String::from_utf8(script)?.replace(&sought, &set))
}
