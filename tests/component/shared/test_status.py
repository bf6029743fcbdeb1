"""What `onedoor status` says of a service whose part is behind, in words."""

import io
from functools import partial

import httpx
import pytest
from rich.console import Console

from shared.local import status

WORDS = "到期扫描落后：最早的一份已到期 3 天，还没有播报，共有 99 份等着；法定日期不受影响"


def answering(words: str):
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/ops/status"):
            scan = {"scan": {"due": 99, "words": words}} if "supervision" in request.url.path else {}
            return httpx.Response(200, json={"lag": 0, "parked": 0, **scan})
        return httpx.Response(200 if "healthz" in request.url.path else 404, json={})

    return answer


@pytest.mark.parametrize("words", [WORDS, ""])
def test_a_scan_that_is_behind_is_said(monkeypatch, words):
    monkeypatch.setenv("ONEDOOR_TOKEN", "t")
    transport = httpx.MockTransport(answering(words))
    monkeypatch.setattr(status.httpx, "Client", partial(httpx.Client, transport=transport))
    shown = io.StringIO()
    assert status.show_status("http://hall", Console(file=shown, width=200))
    assert (f"! {WORDS}" in shown.getvalue()) is bool(words)
    assert "None" not in shown.getvalue()
