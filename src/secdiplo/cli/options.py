"""The options that several commands share, and the data that they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from secdiplo.cli.output import number_of
from secdiplo.output.render import TEXT_FORMATS

if TYPE_CHECKING:
    from secdiplo.store import Built

FILE_ENDINGS = (".csv", ".parquet", ".json", ".md", ".xlsx", ".dta", ".rds")


class FilterOption(click.Option):
    """An option that says which rows count."""


class OutputOption(click.Option):
    """An option that says which rows are printed, and where."""


HELP_SECTIONS: dict[type[click.Parameter], str] = {FilterOption: "Filters", OutputOption: "Output"}


class CommandWithFilters(click.Command):
    """A command whose help lists its own options first, then the filters, then the output."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections of options."""
        sections: dict[str, list[tuple[str, str]]] = {
            "Options": [],
            **{title: [] for title in HELP_SECTIONS.values()},
        }
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record:
                sections[HELP_SECTIONS.get(type(param), "Options")].append(record)
        for title, rows in sections.items():
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def _keep_data(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value == "":
        raise click.UsageError("--data is blank; name a dataset folder or built tables", ctx)
    if value is not None:
        ctx.ensure_object(dict)["data"] = value


def data_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--data, the same before and after the command."""
    return click.option(
        "--data",
        metavar="PATH",
        callback=_keep_data,
        expose_value=False,
        help="Dataset folder or built tables to use (default: the built-in dataset).",
    )(function)


def _keep(ctx: click.Context, option: click.Parameter, value: Any) -> None:
    """Keep an option that many commands share where they find it."""
    if value is not None:
        ctx.ensure_object(dict)[option.name] = value


def _kept_option(*names: str, **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(*names, callback=_keep, expose_value=False, **more)


def engine_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--engine and --master, the same wherever packaged statements run."""
    master = _kept_option(
        "--master",
        metavar="URL",
        help="Spark master, such as local[2] or spark://host:7077 (default: all local cores).",
    )
    return _kept_option(
        "--engine",
        type=click.Choice(["duckdb", "spark"]),
        help="Engine that runs the query: duckdb (default), or spark for built tables.",
    )(master(function))


def format_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--format, the same wherever rows are printed."""
    return click.option(
        "--format",
        "style",
        type=click.Choice(TEXT_FORMATS),
        default="table",
        show_default=True,
        help="Output format.",
    )(function)


def rows_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--limit, --columns and --wide, the same wherever rows are printed."""
    for option in (
        _kept_option(
            "--wide",
            cls=OutputOption,
            is_flag=True,
            help="Print all columns and the full text of every cell.",
        ),
        _kept_option(
            "--columns",
            cls=OutputOption,
            multiple=True,
            metavar="NAME,...",
            help="Print only these columns, in this order; repeatable.",
        ),
        _kept_option(
            "--limit",
            cls=OutputOption,
            type=click.IntRange(min=0),
            metavar="N",
            help="Print at most N rows; 0 prints all. Default on a terminal: 40.",
        ),
    ):
        function = option(function)
    return function


def output_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of `rows_options`, and -o for a file instead of the screen."""
    function = _kept_option(
        "--force",
        cls=OutputOption,
        is_flag=True,
        is_eager=True,
        help="Overwrite FILE if it exists.",
    )(function)
    out = click.option(
        "-o",
        "--out",
        cls=OutputOption,
        metavar="FILE",
        callback=_keep_file,
        expose_value=False,
        help=f"Write the rows to FILE. Its extension sets the format: {', '.join(FILE_ENDINGS)}.",
    )
    return rows_options(out(function))


def _keep_file(ctx: click.Context, _: click.Parameter, out: str | None) -> None:
    """Keep the file of -o, after a check that it can be written."""
    if out is None:
        return
    target, given = Path(out), ctx.ensure_object(dict)
    if target.suffix.lower() not in FILE_ENDINGS:
        raise click.UsageError(f"{out}: the extension is not one of {', '.join(FILE_ENDINGS)}", ctx)
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise click.UsageError(f"{out}: not a file in an existing folder; choose another", ctx)
    if target.exists() and not given.get("force"):
        what = f"{out} exists; name another file, or replace it with --force"
        raise click.UsageError(what, ctx)
    given["out"] = target


def _keep_filter(ctx: click.Context, option: click.Parameter, value: Any) -> None:
    """Keep a filter, which several options of one name may give."""
    if value:
        ctx.ensure_object(dict).setdefault("filters", {})[option.name] = value


def _split_formats(ctx: click.Context, _: click.Parameter, given: tuple[str, ...]) -> str:
    """Return how rows are printed; formats of events are kept as a filter."""
    from secdiplo.schema.codes import LISTS

    styles = [text for text in given if text in TEXT_FORMATS]
    formats = [text for text in given if text not in TEXT_FORMATS]
    for text in ",".join(formats).split(",") if formats else ():
        if text.strip() not in LISTS["format"]:
            known = (", ".join(LISTS["format"]), ", ".join(TEXT_FORMATS))
            what = f"no format `{text}`: {known[0]} for events; {known[1]} for the output"
            raise click.UsageError(what, ctx)
    if formats:
        ctx.ensure_object(dict).setdefault("filters", {})["format"] = formats
    return styles[-1] if styles else "table"


def filter_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for every filter, and --format for the events and for the output."""
    return _with_filters(function, prints_rows=True)


def figure_filter_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for every filter, and --format for the events alone."""
    return _with_filters(function, prints_rows=False)


def _with_filters(function: Callable[..., Any], *, prints_rows: bool) -> Callable[..., Any]:
    from secdiplo import query as queries

    for param in reversed(queries.load("dataset_totals").accepted):
        option = f"--{param.name.replace('_', '-')}"
        several = param.type == "list"
        if param.name == "format" and prints_rows:
            function = click.option(
                option,
                "style",
                cls=FilterOption,
                multiple=True,
                metavar="FORMAT",
                callback=_split_formats,
                help=f"{param.meaning} Also sets the output format: {', '.join(TEXT_FORMATS)}.",
            )(function)
            continue
        function = click.option(
            option,
            param.name,
            cls=FilterOption,
            multiple=several,
            metavar="TEXT,..." if several else None,
            type=click.Choice(param.choices) if param.choices else None,
            callback=_keep_filter,
            expose_value=False,
            hidden=param.name.startswith("not_"),
            help=param.meaning,
        )(function)
    return function


def given_filters(ctx: click.Context, params: Iterable[str] = ()) -> dict[str, Any]:
    """Return the filters that were given as options, and the parameters of -p."""
    filters: dict[str, Any] = ctx.ensure_object(dict).get("filters", {})
    given = pairs(params)
    if twice := sorted(filters.keys() & given):
        option = twice[0].replace("_", "-")
        raise click.UsageError(f"--{option} and -p {twice[0]}: give one of them", ctx)
    return {**filters, **given}


def limits_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--memory and --threads, the same wherever much may be read."""
    for option in (
        _kept_option(
            "--threads",
            type=click.IntRange(1, 1024),
            help="Number of threads (default: all cores).",
        ),
        _kept_option(
            "--memory",
            metavar="SIZE",
            help="Memory limit for DuckDB, such as 2GB; larger work is spilled to disk.",
        ),
    ):
        function = option(function)
    return function


def problems_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--problems, the same wherever sheets are checked."""
    return _kept_option(
        "--problems",
        metavar="FILE",
        help="Also write every problem to this CSV file.",
    )(function)


def listed_in(ctx: click.Context) -> str | None:
    """The file that is to list every problem."""
    given: str | None = ctx.ensure_object(dict).get("problems")
    return given


def resource_limits(ctx: click.Context) -> dict[str, Any]:
    """The bounds that were asked for."""
    given = ctx.ensure_object(dict)
    return {name: given.get(name) for name in ("memory", "threads")}


def opened(ctx: click.Context) -> Built:
    """The tables that --data names, or the built-in ones."""
    from secdiplo.store import open_any

    chosen = ctx.ensure_object(dict)
    engine, master = chosen.get("engine"), chosen.get("master")
    if master is not None and engine != "spark":
        raise click.UsageError("--master needs --engine spark; add it, or leave out --master", ctx)
    built, notices = open_any(
        chosen.get("data"), engine=engine, master=master, **resource_limits(ctx)
    )
    if number := notices.number("notice"):  # which `check` prints, once
        them = "it" if number == 1 else "them"
        what = f"{number_of(number, 'notice')}; `secdiplo check {chosen['data']}` prints {them}"
        click.echo(what, err=True)
    chosen["built"] = built
    return built


def declared(ctx: click.Context) -> Mapping[str, Any] | None:
    """Return the settings of queries and figures of the dataset that --data names.

    None if it cannot be read, so that help and lists are still shown.
    """
    from secdiplo.errors import SecdiploError
    from secdiplo.store.opening import declared_settings

    try:
        return declared_settings(ctx.ensure_object(dict).get("data"))
    except SecdiploError:
        return None


def chosen_folder(ctx: click.Context, given: str | None) -> Path:
    """The dataset folder of a command: its argument, --data, or the built-in one."""
    from secdiplo.folder import resources

    data = ctx.ensure_object(dict).get("data")
    if given == "" or (given and data):
        raise click.UsageError("name one folder, as the argument or with --data", ctx)
    chosen = given or data
    return Path(chosen) if chosen else resources.shipped("data")


def pairs(items: Iterable[str]) -> dict[str, str]:
    """Options of the form key=value, each key once."""
    given: dict[str, str] = {}
    for key, value in map(pair, items):
        if key in given:
            raise click.UsageError(f"-p {key} twice; separate the items of a list by commas")
        given[key] = value
    return given


def pair(item: str, option: str = "-p") -> tuple[str, str]:
    """An option of the form key=value."""
    key, equals, value = item.partition("=")
    if not equals or not key:
        raise click.UsageError(f"{option} takes key=value, not `{item}`")
    return key, value
