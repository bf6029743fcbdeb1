"""HTTP of files: upload what belongs to an application, and download it safely."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Path, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile as Upload

from services.intake.api.parts import READ, Parts
from services.intake.api.words import no_file, uploaded_too_much
from services.intake.store import holds_file
from services.intake.uploads import ALLOWED, check, disposition, safe_name
from shared.identity import Person, require
from shared.log import logger
from shared.web.commands import answering

Uploader = Annotated[Person, Depends(require("application.submit", "application.supplement"))]
Reader = Annotated[Person, Depends(require(*READ))]
FileId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="文件 id")]

UPLOADS, UPLOADS_FOR_OTHERS = "2000000/day", "20000000/day"
"""Kilobytes that one person may upload in a day, and one who applies for others: storage is everybody's."""
SMALLEST = 16
"""Kilobytes that a file counts for at least."""
_DOWNLOAD = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}


class FileView(BaseModel):
    """一个已上传的文件。"""

    id: str = Field(examples=["0f8fad5bd9cb469fa16570867728950e"])
    name: str = Field(examples=["公司章程.pdf"])
    media_type: str = Field(description="按内容判断的类型", examples=["application/pdf"])
    size: int = Field(description="字节数")
    sha256: str


async def uploaded(parts: Parts, asker: Person, file: Upload) -> FileView:
    """Keep a file for a day, until an application holds it. Raises Problem: 413, 415, 422, 429."""
    limit = int(parts.settings.upload_limit)
    content = await file.read(limit + 1)
    name = file.filename or ""
    kind = check(name, content, limit)
    allowed = UPLOADS_FOR_OTHERS if asker.may("application.submit_on_behalf") else UPLOADS
    kilobytes = max(SMALLEST, len(content) // 1024)
    if seconds := await answering(parts.attempts.take(allowed, "uploads", asker.subject, cost=kilobytes)):
        raise uploaded_too_much(seconds)
    shown = safe_name(name, kind)
    noted = {
        "name": shown,
        "media_type": kind.media_type,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "owner": asker.subject,
        "uploaded_at": parts.runtime.clock().isoformat(),
    }
    key = await answering(parts.files.put(shown, content, noted))
    return FileView.model_validate({"id": key, **noted})


def files_api(parts: Parts) -> APIRouter:
    """`/files`."""
    router = APIRouter(prefix="/files", tags=["文件"])

    @router.post("", status_code=201, summary="上传一个文件", description=f"按内容判断类型，可以接收 {ALLOWED}。")
    async def upload(file: UploadFile, asker: Uploader) -> FileView:
        return await uploaded(parts, asker, file)

    @router.get("/{file}", summary="下载一个文件", response_class=Response)
    async def download(file: FileId, asker: Reader) -> Response:
        """上传者、申请人本人、窗口，以及与申请有关的部门可以下载。"""
        noted = await answering(parts.files.noted(file))
        if noted is None or noted.get("kind"):  # a draft is kept beside them, and is nobody's to download
            raise no_file()
        mine = noted["owner"] == asker.subject
        if not mine and not await answering(holds_file(parts.store, file, parts.reaches(asker, *READ))):
            raise no_file()
        stored = await answering(parts.files.get(file))
        if stored is None:
            raise no_file()
        if not mine:
            logger("intake").info("file_read", file=file, by=asker.subject)
        headers = {**_DOWNLOAD, "Content-Disposition": disposition(str(noted["name"]))}
        return Response(stored.content, media_type=str(noted["media_type"]), headers=headers)

    return router
