"""The monthly report of a month that is over: the same rows give the same PDF, byte by byte."""

from services.supervision.report.render import Report, render

__all__ = ["Report", "render"]
