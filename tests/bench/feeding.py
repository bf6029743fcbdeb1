"""The feeder topics: which services have one, and the commands that arrive on it."""

from __future__ import annotations

from pydantic import BaseModel

from services.intake.model.commands import Accept, Submit
from services.ratings.model import GiveRating

COMMANDS: dict[str, type[BaseModel]] = {each.__name__: each for each in (Submit, Accept, GiveRating)}
FED = ("intake", "ratings")


def feeder_topic(service: str) -> str:
    """Where the bench puts commands for a service."""
    return f"bench.{service}"
