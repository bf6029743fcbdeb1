"""What supervision keeps of an item of the catalogue: that it heard of it; what it heard are rows for statistics."""

from __future__ import annotations

from shared.kernel import Frozen


class Offered(Frozen):
    """The state of one item (事项), by its code. `publications`: how many of it were heard."""

    item: str
    publications: int = 0
