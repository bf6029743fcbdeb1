"""What people and machines put into forms that nobody asked for, and the forms that must stand it."""

TOO_LONG = "长" * 30_000
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": "\"><img src=x onerror=alert(1)>' onfocus=alert(1) x='",
    "template": "{{ 7*7 }} ${7*7} {% raw %}",
    "control": "甲\x00乙\x07丙\x1b[31m丁\x7f",
    "direction": "甲\u202e乙\u2066丙",
    "emoji": "办好了👍🏽👨‍👩‍👧",
    "rare": "𠮷䶮",
    "spaces": "　　 \t ",
}
"""Each by what it tries; rare characters are good Chinese names, and must come through unharmed."""
ALL_AT_ONCE = " ".join(
    HOSTILE[each] for each in ("rare", "script", "attribute", "template", "emoji", "direction", "control")
)
HALF_A_CHARACTER = b"%ED%A0%BD"
"""A lone surrogate as a form would carry it: no text in UTF-8."""
CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))
"""What a form leaves out of every entry."""

FORMS = {
    *(f"intake-{name}" for name in ("look-up", "supplement", "replace", "withdraw-asked", "application-seen")),
    *(f"intake-draft-{name}" for name in ("applicant", "agent", "behalf", "material", "check")),
    *(f"intake-{name}" for name in ("decide", "accept", "outcomes", "correct")),
    *(
        "approval-task",
        "approval-task-head",
        "approval-joint",
        "approval-deputies",
        "supervision-audit",
        "supervision-application-signals",
        "supervision-calendar",
        "ratings-rate",
        "licensing-check",
        "licensing-hand-out",
    ),
}
"""Pages of the register with something to fill in that is sent; the walk finds any that is missing here."""
ENTRIES = "main form[method=post] :is(textarea, select, input:not([type=hidden]))"
