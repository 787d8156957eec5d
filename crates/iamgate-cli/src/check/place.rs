//! Paths from a folder: those that a configuration and a baseline call files by.

use std::path::{Component, Path, PathBuf};

use iamgate_verbs::Trouble;

use crate::input::{STDIN, unreadable};

/// A folder from which files are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Base(PathBuf);

impl Base {
    /// The folder of a file.
    pub(super) fn of_file(file: &str) -> Result<Self, Trouble> {
        let path = absolute(Path::new(file))?;
        Ok(Self(path.parent().unwrap_or(&path).to_owned()))
    }

    /// The path of a file from the folder, with `/` between the names.
    pub(super) fn name(&self, file: &str) -> String {
        if file == STDIN || file == "-" {
            return STDIN.to_owned();
        }
        let Ok(path) = absolute(Path::new(file)) else { return file.to_owned() };
        let mut own = self.0.components().peekable();
        let mut its = path.components().peekable();
        while own.peek().is_some() && own.peek() == its.peek() {
            own.next();
            its.next();
        }
        let up = own.map(|_| "..".to_owned());
        let down = its.map(|part| part.as_os_str().to_string_lossy().into_owned());
        up.chain(down).collect::<Vec<_>>().join("/")
    }

    /// Why no file can have a name that a glob stands for, and what to write.
    pub(super) fn never(&self, glob: &str) -> Option<(&'static str, String)> {
        let names = "names of files begin in the folder of the configuration";
        if glob.starts_with('/') || Path::new(glob).is_absolute() {
            return Some(("a path from the root", format!("{names}: write the path from there")));
        }
        let up = glob.split('/').take_while(|part| *part == "..").count();
        let mut down = glob.split('/').skip(up).peekable();
        if down.clone().any(|part| matches!(part, "" | "." | "..")) {
            return Some((
                "a path with detours",
                format!("{names}: write `..` only at its start, and no `.`"),
            ));
        }
        let folders: Vec<Component<'_>> =
            self.0.components().filter(|part| matches!(part, Component::Normal(_))).collect();
        let Some(at) = folders.len().checked_sub(up) else {
            return Some(("a path that goes up beyond the root", format!("{names}: leave out `../`")));
        };
        let back = folders.get(at).map(|part| part.as_os_str().to_string_lossy());
        (up > 0 && down.peek().is_some_and(|part| back.as_deref() == Some(*part)))
            .then(|| ("a path that goes up and comes back", format!("{names}: write the path from there")))
    }

    /// The folder in which the program runs.
    fn here() -> Result<Self, Trouble> {
        absolute(Path::new(".")).map(Self)
    }

    /// The path of a file that is named from the folder, as this program opens it.
    pub(super) fn open(&self, file: &str) -> String {
        shown(&self.0.join(file))
    }
}

/// A path from the root, without `.` and `..`. Links are not followed.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, Trouble> {
    let path = std::path::absolute(path).map_err(|error| unreadable(&path.display().to_string(), &error))?;
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(part),
        }
    }
    Ok(plain)
}

/// The name of a file from the folder in which the program runs, whatever way its path was given.
pub(crate) fn own(file: &str) -> String {
    Base::here().map_or_else(|_| file.to_owned(), |base| base.name(file))
}

/// A path from the root as it is shown: from the working folder if it is in it.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_the_folder() {
        let base = Base::of_file("/a/b/iamgate.toml").unwrap();
        for (file, name) in [
            ("/a/b/c.json", "c.json"),
            ("/a/b/./d/../c.json", "c.json"),
            ("/a/x/c.json", "../x/c.json"),
            ("/a/b/d/c.json", "d/c.json"),
            ("<stdin>", "<stdin>"),
            ("-", "<stdin>"),
        ] {
            assert_eq!(base.name(file), name);
        }
        assert_eq!(base.open("c.json"), "/a/b/c.json");
    }
}
