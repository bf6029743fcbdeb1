"""`python -m services.supervision due FROM N`: what the hall's calendar says, for people and for checks."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.supervision.calendar import BEGINS, DIRECTORY, ENDS, CalendarFileError, load_calendar
from services.supervision.due import Office, due_date

app = typer.Typer(help="The calendar that every clock of the hall counts by.", no_args_is_help=True)


@app.callback()
def _calendar() -> None:
    """The calendar that every clock of the hall counts by."""


@app.command()
def due(
    start: Annotated[datetime, typer.Argument(metavar="FROM", formats=["%Y-%m-%d"], help="day of acceptance")],
    days: Annotated[int, typer.Argument(metavar="N", min=0, max=100_000, help="working days")],
    files: Annotated[Path, typer.Option(help="folder of the operator's calendar files")] = DIRECTORY,
) -> None:
    """Print the last day of a limit of N working days, and `provisional` where the calendar is not announced."""
    if not BEGINS <= start.date() <= ENDS:
        raise typer.BadParameter(f"{start.date()} is not between {BEGINS} and {ENDS}; give a day of that time")
    try:
        last, provisional = due_date(Office(load_calendar(files)), start.date(), days)
    except CalendarFileError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(f"{last} provisional" if provisional else f"{last}")


if __name__ == "__main__":
    app()
