"""The proof: whether what is kept of a case, a day or the whole hall is what was heard and what was sealed."""

from services.supervision.proof.cases import Cases
from services.supervision.proof.days import Days
from services.supervision.proof.findings import Finding, Report
from services.supervision.proof.seals import SealChecks

__all__ = ["Cases", "Days", "Finding", "Report", "SealChecks"]
