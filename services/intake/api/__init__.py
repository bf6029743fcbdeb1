"""The HTTP of intake: catalogue and guides for anyone, applications for those who apply, the desk for clerks."""

from __future__ import annotations

from fastapi import APIRouter

from services.intake.api.applications import applications_api
from services.intake.api.catalogue import catalogue_api
from services.intake.api.desk import desk_api
from services.intake.api.files import files_api
from services.intake.api.guides import guides_api
from services.intake.api.inbox import inbox_api
from services.intake.api.parts import Parts
from services.intake.api.progress import progress_api


def routers(parts: Parts) -> list[APIRouter]:
    """Everything, in the order of the documentation."""
    return [
        catalogue_api(parts.catalogue),
        guides_api(parts.catalogue),
        files_api(parts),
        applications_api(parts),
        inbox_api(parts),
        desk_api(parts),
        progress_api(parts),
    ]
