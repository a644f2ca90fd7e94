//! `cargo xtask bench`: runs the benchmarks, and writes what they say into `BENCHMARKS.md`.

mod chart;
mod figure;
mod list;
mod machine;
mod measured;
mod table;

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::run::{TaskError, cargo, complain, file_error, root, run, say, target};
use figure::Figure;
use list::{Bench, How};
use measured::Measured;

/// The group whose times by size are drawn.
const CHARTED: &str = "bulk create";

/// How much is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Quick,
    Full,
    /// Nothing: the table is written of what was measured last.
    Table,
}

/// What is to be run: everything, or what the names say.
#[derive(Debug, PartialEq, Eq)]
struct Asked<'a> {
    extent: Extent,
    names: Vec<&'a str>,
}

/// Runs the benchmarks one after the other, prints one table, and writes it down if nothing was left out by name.
pub(crate) fn bench(arguments: &[&str]) -> Result<(), TaskError> {
    let asked = read(arguments)?;
    let folder = target().join("bench");
    let (criterion, lines) = (folder.join("criterion"), folder.join("figures.jsonl"));
    if asked.extent != Extent::Table {
        drop(fs::remove_dir_all(&folder));
    }
    fs::create_dir_all(&criterion).map_err(|source| file_error(&folder, source))?;
    let machine = machine::describe();
    let mut left_out = Vec::new();
    for bench in list::ALL {
        if !asked.names.is_empty() && !asked.names.contains(&bench.name) {
            continue;
        }
        if let Some(missing) = bench.needs.iter().find(|need| !need.is_met()) {
            left_out.push(format!("`{}` was left out: {}", bench.name, missing.remedy()));
        } else if let Some(mut command) = command(bench, asked.extent, &criterion, &lines) {
            run(&mut command)?;
        }
    }
    let measured = measured::read_all(&criterion)?;
    let mut figures = figure::of(&measured);
    figures.extend(figure::read_lines(&lines)?);
    if figures.is_empty() {
        return Err(TaskError::NoFigures);
    }
    let text = table::markdown(&figures, &left_out, &machine);
    say(&text);
    if asked.names.is_empty() {
        write_down(&text, &measured)?;
        judge(&figures);
    }
    Ok(())
}

/// How `bench` is run; `None` if it is not part of that extent.
fn command(bench: &Bench, extent: Extent, criterion: &Path, lines: &Path) -> Option<Command> {
    let mut command = match (&bench.how, extent) {
        (_, Extent::Table) | (How::Program { quick: None, .. }, Extent::Quick) => return None,
        (How::Criterion, extent) => {
            let mut command = cargo(&["bench", "--locked", "--package", "staffroom-benches", "--bench"]);
            command.args([bench.name, "--"]);
            if extent == Extent::Quick {
                command.args(["--warm-up-time", "0.5", "--measurement-time", "1", "--sample-size", "10"]);
                command.env("STAFFROOM_BENCH_SIZES", "1000,10000");
            }
            command
        }
        (How::Program { quick: Some(arguments), .. }, Extent::Quick)
        | (How::Program { full: arguments, .. }, Extent::Full) => {
            let mut command =
                cargo(&["run", "--release", "--locked", "--package", "staffroom-benches", "--bin"]);
            command.args([bench.name, "--"]).args(*arguments);
            command
        }
    };
    command.env("CRITERION_HOME", criterion).env("STAFFROOM_BENCH_FIGURES", lines);
    Some(command)
}

fn write_down(text: &str, measured: &[Measured]) -> Result<(), TaskError> {
    let page = root().join("BENCHMARKS.md");
    let before = fs::read_to_string(&page).map_err(|source| file_error(&page, source))?;
    let after = table::between_markers(&before, text).ok_or(TaskError::NoMarkers)?;
    fs::write(&page, after).map_err(|source| file_error(&page, source))?;
    let (drawing, charts) = (chart::svg(&chart::lines(measured, CHARTED)), root().join("docs/charts"));
    fs::create_dir_all(&charts)
        .and_then(|()| fs::write(charts.join("bulk-create.svg"), drawing))
        .map_err(|source| file_error(&charts, source))
}

fn judge(figures: &[Figure]) {
    let (aimed, missed) = figures
        .iter()
        .filter_map(Figure::is_reached)
        .fold((0, 0), |(aimed, missed), reached| (aimed + 1, missed + u32::from(!reached)));
    complain(&format!("{missed} of {aimed} aims were missed; the table is in BENCHMARKS.md"));
}

fn read<'a>(arguments: &[&'a str]) -> Result<Asked<'a>, TaskError> {
    let mut asked = Asked { extent: Extent::Full, names: Vec::new() };
    for argument in arguments {
        match *argument {
            "--quick" => asked.extent = Extent::Quick,
            "--table" => asked.extent = Extent::Table,
            name if list::ALL.iter().any(|bench| bench.name == name) => asked.names.push(name),
            unknown => return Err(TaskError::Argument(unknown.to_owned())),
        }
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_alone_is_written_without_running_anything() {
        let here = Path::new(".");
        let run = |extent| list::ALL.iter().filter_map(|bench| command(bench, extent, here, here)).count();
        assert_eq!(run(Extent::Table), 0);
        assert_eq!(run(Extent::Full), list::ALL.len());
        assert_eq!(run(Extent::Quick), list::ALL.len() - 2);
    }

    #[test]
    fn everything_unless_names_are_given() {
        assert_eq!(read(&[]).unwrap(), Asked { extent: Extent::Full, names: vec![] });
        assert_eq!(read(&["plan", "--quick"]).unwrap(), Asked { extent: Extent::Quick, names: vec!["plan"] });
        for wrong in ["--fast", "no-such-bench"] {
            assert!(matches!(read(&[wrong]), Err(TaskError::Argument(_))), "{wrong}");
        }
    }

    #[test]
    fn every_bench_of_the_list_exists_and_no_other() {
        let benches = root().join("benches");
        let names = |folder: &str| {
            let files = fs::read_dir(benches.join(folder)).unwrap();
            let mut names: Vec<_> = files
                .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
                .collect();
            names.sort();
            names
        };
        let listed = |criterion: bool| {
            let of_kind = list::ALL.iter().filter(|bench| (bench.how == How::Criterion) == criterion);
            let mut names: Vec<_> = of_kind.map(|bench| bench.name.to_owned()).collect();
            names.sort();
            names
        };
        assert_eq!(listed(true), names("benches"));
        assert_eq!(listed(false), names("src/bin"));
    }
}
