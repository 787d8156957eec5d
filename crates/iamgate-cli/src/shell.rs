//! Shell completions and the manual page.

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;
use iamgate_verbs::Exit;

use crate::args::Cli;
use crate::screen::Screen;

/// Writes the completions of a shell to stdout.
pub(crate) fn completions(shell: Shell, screen: &mut Screen) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "iamgate", &mut script);
    screen.data(&String::from_utf8_lossy(&script));
    Exit::Yes
}

/// Writes the manual page, with a section for every verb, to stdout.
pub(crate) fn man(screen: &mut Screen) -> Exit {
    let mut page = Vec::new();
    let mut command = Cli::command();
    command.build();
    let rendered = Man::new(command.clone()).render(&mut page).and_then(|()| {
        command.get_subcommands().filter(|verb| verb.get_name() != "help").try_for_each(|verb| {
            let name = format!("iamgate-{}", verb.get_name());
            Man::new(verb.clone().display_name(name.clone())).title(name).render(&mut page)
        })
    });
    match rendered {
        Ok(()) => {
            screen.data(&String::from_utf8_lossy(&page));
            Exit::Yes
        }
        Err(error) => {
            screen.aside(&format!("error[WRITE_FAILED]: {error}\n"));
            Exit::Unanswered
        }
    }
}
