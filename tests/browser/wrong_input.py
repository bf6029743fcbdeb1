"""What people and machines put into forms that nobody asked for."""

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
