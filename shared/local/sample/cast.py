"""Which stories the sample tells: those of the people to choose from, one for every department, and the rest.

A row is (story, matter, for whom). An empty matter: any that the story fits; nobody named: anybody.
"""

from __future__ import annotations

from collections.abc import Iterable

Row = tuple[str, str, str]

CHOSEN: tuple[Row, ...] = (
    ("working", "restaurant", "applicant"),
    ("working", "food_operation", "applicant"),
    ("yellow", "residence_permit", "applicant"),
    ("red", "tobacco_retail", "applicant"),
    ("fresh", "marriage_register", "applicant"),
    ("supplement_out", "fire_check", "applicant"),
    ("done", "newborn", "applicant"),
    ("unrated", "social_card_apply", "applicant"),
    ("refused", "hardship_recognise", "applicant"),
    ("withdrawn_late", "freight", "applicant"),
    ("silent", "drainage_permit", "applicant"),
    ("standing", "planning_permit", "company"),
    ("working", "second_hand_house", "applicant2"),
    ("done", "flexible_employment", "applicant2"),
    ("near_end", "elderly_allowance", "applicant2"),
    ("working", "school_enrol", "applicant2"),
    ("unrated", "mi_account_withdraw", "applicant2"),
    ("not_required", "unemployment_benefit", "applicant2"),
    ("supplement_back", "residence_permit", "applicant2"),
    ("done", "enterprise_change", "company"),
    ("working", "enterprise_close", "company"),
    ("deep_red", "construction_permit", "company"),
    ("flow", "employee_onboard", "company"),
    ("fresh", "signboard", "company"),
    ("supplement_out", "hygiene_licence", "company"),
    ("unrated", "outdoor_ad", "company"),
    ("referred", "road_occupy", "company"),
    ("working", "enterprise_open", "agent"),
    ("working", "transport_company", "agent"),
    ("done", "barber", "agent"),
    ("supplement_out", "pharmacy", "agent"),
    ("red", "freight", "agent"),
    ("unrated", "vehicle_cert", "agent"),
    ("refused", "device3_licence", "agent"),
    ("fresh", "convenience_store", "agent"),
    ("withdrawn", "supermarket", "agent"),
)
"""What the people of the sign-in page find among their own; `agent` acts for others."""

OTHERS = {
    "fresh": 6,
    "near_end": 2,
    "silent": 4,
    "supplement_out": 3,
    "supplement_back": 2,
    "supplemented": 4,
    "not_required": 2,
    "referred": 2,
    "refused": 7,
    "withdrawn": 3,
    "withdrawn_late": 3,
    "red": 4,
    "deep_red": 3,
    "yellow": 3,
    "late": 8,
}
"""How many of each, whoever and whatever it is about."""


def rows(departments: Iterable[str], bundles: Iterable[str], count: int) -> list[tuple[Row, str]]:
    """All rows, each with the department whose item it must be (or none); the rest of `count` simply flows."""
    found = [(row, "") for row in CHOSEN]
    found += [(("working", "", ""), code) for code in departments]
    found += [((story, "", ""), "") for story, times in OTHERS.items() for _ in range(times)]
    found += [((story, bundle, ""), "") for bundle in bundles for story in ("done", "flow")]
    return found[:count] + [(("flow", "", ""), "")] * (count - len(found))
