"""The catalogue as data: what the hall offers, loaded and checked once at start."""

from services.intake.catalogue.bundles import Bundle, BundleLimits, Joint, SubItem, Wait
from services.intake.catalogue.contents import Catalogue, Found
from services.intake.catalogue.items import KINDS, Applicant, Item, Limits, NearLimit, Result, Step
from services.intake.catalogue.load import DEFAULT, CatalogueBroken, load
from services.intake.catalogue.model import (
    LOCAL,
    Choice,
    Department,
    Hall,
    LicenceType,
    Limit,
    Material,
    Need,
    Promise,
    Question,
    Saying,
    Stage,
    Tree,
    Validity,
    holds,
    may_hold,
)
from services.intake.catalogue.source import Problem

__all__ = [
    "DEFAULT", "KINDS", "LOCAL", "Applicant", "Bundle", "BundleLimits", "Catalogue", "CatalogueBroken", "Choice",
    "Department", "Found", "Hall", "Item", "Joint", "LicenceType", "Limit", "Limits", "Material", "NearLimit", "Need",
    "Problem", "Promise",
    "Question", "Result", "Saying", "Stage", "Step", "SubItem", "Tree", "Validity", "Wait", "holds", "load", "may_hold",
]  # fmt: skip
