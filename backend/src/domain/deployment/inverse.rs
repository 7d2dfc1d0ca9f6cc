//! What a deployment did, told the other way round: for the return to what was before it.

use certdeck_shared::api::plan::{AttributeChange, DiffLine, DiffSign, FileChange, Hunk, PlanPart, PlannedProbe};

/// The part of a return.
pub(super) fn of(part: PlanPart) -> PlanPart {
    PlanPart {
        certificates: Vec::new(),
        checks: Vec::new(),
        files: part.files.into_iter().rev().map(file).collect(),
        attributes: part.attributes.into_iter().map(attribute).collect(),
        probes: part.probes.into_iter().filter_map(probe).collect(),
        ..part
    }
}

fn file(change: FileChange) -> FileChange {
    FileChange { before: change.after, after: change.before, hunks: change.hunks.into_iter().map(hunk).collect(), ..change }
}

fn hunk(hunk: Hunk) -> Hunk {
    // Numbers count in the old file for what goes and in the new one for the rest; what stays keeps its place among its neighbours.
    let turned = |line: DiffLine| DiffLine {
        sign: match line.sign {
            DiffSign::Kept => DiffSign::Kept,
            DiffSign::Removed => DiffSign::Added,
            DiffSign::Added => DiffSign::Removed,
        },
        ..line
    };
    let mut lines: Vec<DiffLine> = hunk.lines.into_iter().map(turned).collect();
    // What goes stands before what comes, as everywhere.
    for run in lines.chunk_by_mut(|one, next| one.sign != DiffSign::Kept && next.sign != DiffSign::Kept) {
        run.sort_by_key(|line| line.sign == DiffSign::Added);
    }
    Hunk { lines }
}

fn attribute(change: AttributeChange) -> AttributeChange {
    AttributeChange { before: change.after, after: change.before, ..change }
}

/// A port that served nothing before has nothing to prove.
fn probe(probe: PlannedProbe) -> Option<PlannedProbe> {
    Some(PlannedProbe { expected: probe.before.clone()?, before: Some(probe.expected.clone()), ..probe })
}
