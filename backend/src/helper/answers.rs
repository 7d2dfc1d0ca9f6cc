//! What is answered to each verb.

use std::path::Path;

use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::list::List;
use super::protocol::{Answer, Known, Looked, Rights, Service, Standing, Status, Verb};
use super::put::{self, Change};
use super::reach::{self, Reach, Role, belonging, leads_to_one};
use super::shelf::Shelf;
use super::{Refusal, material, programs, way};
use crate::deploy::change::ProgramRun;
use crate::host::anchored::{Anchor, Kind, Named};
use crate::host::as_user::Account;
use crate::host::tree::Tree;

/// An answer, with the content of its frame.
pub type Answered = (Answer, Zeroizing<Vec<u8>>);

/// What an answer needs first.
pub enum Next {
    /// It is one.
    Answered(Answered),
    /// A program is to be run.
    Run(ProgramRun),
}

/// Does what is asked, or says why not.
///
/// # Errors
/// When the list does not have it, a rule forbids it, or it is not possible.
pub fn answer(list: &List, shelf: &Shelf, verb: &Verb, content: &[u8]) -> Result<Next, Refusal> {
    let tree = Tree::of_machine();
    if let Verb::Status {} = verb {
        return Ok(Next::Answered((Answer::Status(status(&tree, list)), Zeroizing::default())));
    }
    let reaches: Vec<Reach<'_>> = reach::all(&tree, list).into_iter().filter_map(|(_, reach)| reach.ok()).collect();
    if let Verb::Run { service, program } = verb {
        return Ok(Next::Run(programs::of(&tree, known(&reaches, service)?, *program)?));
    }
    if let Verb::Look { path, follow } = verb {
        return Ok(Next::Answered(look(&tree, list, &reaches, path, *follow)?));
    }
    let answer = match verb {
        Verb::List { directory } => list_of(&tree, list, &reaches, directory)?,
        Verb::Try { user, path, search } => tried(&tree, &reaches, user, path, *search)?,
        Verb::Room { directory } => room(&tree, &reaches, directory)?,
        Verb::Variable { process, name } => Answer::Variable { value: programs::variable(&tree, &reaches, *process, name)? },
        Verb::Sockets { process } => Answer::Sockets { inodes: programs::sockets(&tree, &reaches, *process)? },
        Verb::Signal { service, signal } => {
            programs::signal(&tree, known(&reaches, service)?, *signal)?;
            Answer::Done {}
        }
        Verb::Replace { path, before, rights } => change(&tree, list, &reaches, shelf, path, before, &Change::Content(content, *rights))?,
        Verb::PutBack { path, before, then } => change(&tree, list, &reaches, shelf, path, before, &Change::Earlier(then))?,
        Verb::Directory { path, before, rights } => change(&tree, list, &reaches, shelf, path, before, &Change::Directory(*rights))?,
        Verb::SetRights { path, before, rights } => change(&tree, list, &reaches, shelf, path, before, &Change::Rights(*rights))?,
        Verb::Remove { path, before } => change(&tree, list, &reaches, shelf, path, before, &Change::Gone)?,
        Verb::Status {} | Verb::Run { .. } | Verb::Look { .. } => return Err(Refusal::forbidden("it was answered")),
    };
    Ok(Next::Answered((answer, Zeroizing::default())))
}

fn status(tree: &Tree, list: &List) -> Status {
    let told = |(known, reach): (&super::list::Known, Result<Reach<'_>, String>)| Known {
        service: Service { kind: known.kind.name().to_owned(), config: known.config.clone() },
        problem: reach.err(),
    };
    Status { version: env!("CARGO_PKG_VERSION").to_owned(), services: reach::all(tree, list).into_iter().map(told).collect() }
}

fn known<'a>(reaches: &'a [Reach<'a>], service: &Service) -> Result<&'a Reach<'a>, Refusal> {
    let is_it = |reach: &&Reach<'_>| reach.known.kind.name() == service.kind && reach.known.config == service.config;
    reaches.iter().find(is_it).ok_or_else(|| Refusal::forbidden("the service is not in the helper's list, or cannot be read"))
}

fn change(
    tree: &Tree,
    list: &List,
    reaches: &[Reach<'_>],
    shelf: &Shelf,
    path: &Path,
    before: &Standing,
    change: &Change<'_>,
) -> Result<Answer, Refusal> {
    put::put(shelf, &belonging(tree, list, reaches, path)?, before, change)?;
    Ok(Answer::Done {})
}

fn rights(found: &Named) -> Rights {
    Rights { user: found.owner.user, group: found.owner.group, mode: found.mode }
}

fn changed(moment: OffsetDateTime) -> (i64, u32) {
    (moment.unix_timestamp(), moment.nanosecond())
}

fn look(tree: &Tree, list: &List, reaches: &[Reach<'_>], path: &Path, follow: bool) -> Result<Answered, Refusal> {
    let direct = belonging(tree, list, reaches, path);
    let target = if follow { tree.follow(path)?.end } else { path.to_owned() };
    let at = match &direct {
        // What a link of the service leads to is looked at as what the link is.
        Ok(at) if follow && target != at.path() => {
            let (directory, name) = way::place(tree, &target, &list.caller).map_err(Refusal::forbidden)?;
            reach::Belonging { reach: at.reach, role: at.role, directory, name }
        }
        Ok(at) => at.clone(),
        Err(_) if follow && target != path => match belonging(tree, list, reaches, &target) {
            Ok(at) => at,
            Err(_) => return on_the_way(tree, reaches, path, follow),
        },
        Err(_) => return on_the_way(tree, reaches, path, follow),
    };
    let anchor = match Anchor::open(&at.directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(looked(Looked::Absent {})),
        anchor => anchor?,
    };
    let Some(found) = anchor.named(&at.name)? else { return Ok(looked(Looked::Absent {})) };
    match &found.kind {
        Kind::File => {
            let now = put::now(&anchor, &at.name)?;
            let Standing::File { sha256, rights } = now.standing else { return Err(Refusal::changed("it changed in this moment")) };
            let length = now.content.len() as u64;
            let (given, withheld) = match at.role {
                Role::Configuration => (now.content, None),
                Role::Named | Role::Put => material::given_away(&now.content),
            };
            let what = Looked::File { rights, length, changed: changed(found.changed_at), sha256, withheld };
            Ok((Answer::Looked { what }, given))
        }
        _ => Ok(looked(told(&found)?)),
    }
}

fn told(found: &Named) -> Result<Looked, Refusal> {
    match &found.kind {
        Kind::Directory => Ok(Looked::Directory { rights: rights(found), changed: changed(found.changed_at) }),
        Kind::Link(target) => Ok(Looked::Link { target: target.clone(), user: found.owner.user, group: found.owner.group }),
        Kind::File | Kind::Other => Err(Refusal::forbidden("it belongs to no service of the helper's list")),
    }
}

fn looked(what: Looked) -> Answered {
    (Answer::Looked { what }, Zeroizing::default())
}

/// Directories and links that lead to something of a service.
fn on_the_way(tree: &Tree, reaches: &[Reach<'_>], path: &Path, follow: bool) -> Result<Answered, Refusal> {
    if !leads_to_one(reaches, path) {
        return Err(Refusal::forbidden("it belongs to no service of the helper's list"));
    }
    let place = if follow { tree.follow(path)?.end } else { path.to_owned() };
    let (Some(parent), Some(name)) = (place.parent(), place.file_name()) else { return Err(Refusal::forbidden("it is no path")) };
    let found = Anchor::open(&tree.follow(parent)?.end)?.named(name)?;
    found.map_or_else(|| Ok(looked(Looked::Absent {})), |found| told(&found).map(looked))
}

fn list_of(tree: &Tree, list: &List, reaches: &[Reach<'_>], directory: &Path) -> Result<Answer, Refusal> {
    // That a pattern of a configuration matches is seen only by the names beside it.
    let role = belonging(tree, list, reaches, directory).is_ok_and(|at| at.role == Role::Put);
    let holds = |reach: &Reach<'_>| reach.observation.config_files.iter().any(|file| Path::new(&file.path).parent() == Some(directory));
    if !role && !reaches.iter().any(holds) {
        return Err(Refusal::forbidden("it is no directory of a service of the helper's list"));
    }
    Ok(Answer::Listed { names: tree.entries(directory)? })
}

fn tried(tree: &Tree, reaches: &[Reach<'_>], user: &str, path: &Path, search: bool) -> Result<Answer, Refusal> {
    let reader = |reach: &Reach<'_>| reach.reader.as_ref().is_some_and(|reader| reader.name == user);
    let theirs: Vec<Reach<'_>> = reaches.iter().filter(|reach| reader(reach)).cloned().collect();
    let end = tree.follow(path)?.end;
    let within = theirs.iter().flat_map(|reach| &reach.directories).any(|directory| end.starts_with(directory));
    let known = within || leads_to_one(&theirs, path) || leads_to_one(&theirs, &end);
    let account = Account::named(user).filter(|_| known);
    let account = account.ok_or_else(|| Refusal::forbidden("that user reads no such file of a service of the helper's list"))?;
    let tried = if search { tree.search_as(&account, path)? } else { tree.open_as(&account, path)? };
    Ok(Answer::Tried { problem: tried.err().map(|error| error.to_string()) })
}

fn room(tree: &Tree, reaches: &[Reach<'_>], directory: &Path) -> Result<Answer, Refusal> {
    let end = tree.follow(directory)?.end;
    let within = reaches.iter().flat_map(|reach| &reach.directories).any(|known| end.starts_with(known));
    if !within && !leads_to_one(reaches, &end) && !leads_to_one(reaches, directory) {
        return Err(Refusal::forbidden("it is no directory of a service of the helper's list"));
    }
    let room = tree.room(&end)?;
    Ok(Answer::Room { bytes: room.bytes, files: room.files, closed: room.closed })
}
