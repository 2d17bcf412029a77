"""The canary: a patient made of words that nobody else has, so that each can be looked for everywhere."""

FAMILY, GIVEN, PREFERRED = "Xanthoquill", "Zephyrwynne", "Zwirbeline"
BORN = "7/19/1931"
PHONE, OTHER_PHONE = "608-774-1983", "608-774-2987"
EMAIL = "quillonette@canary.example"
STREET = "7781 Wobblethorn Lane"
MRN = "QXZ7781940"
IMPORTED_MRN, IMPORTED_FAMILY = "QXY6612087", "Ypsomantrell"
MEMBER_ID, GROUP_ID = "VKW55820917", "GRPJKX9917"

TOLD = {
    "note": "Murmelsackel",
    "reason": "Kribbelknieh",
    "comment": "Zwickzehlein",
    "summary": "Flunkertasche",
    "case_note": "Grummelkorb",
    "caller": "Brimblewick",
    "message": "Schnupfelbrumm",
    "call_summary": "Plauderkernig",
    "why_moved": "Trambumpelig",
    "why_cancelled": "Zankapfelig",
    "title": "Knurpselbefund",
    "content": "Gluckerinhalt",
    "file_name": "Quirlmappe",
    "subscriber": "Dunkelmunkel",
    "check_note": "Tarifgewusel",
    "broken_line": "Splitterzeile",
    "failed": "Krachbummsel",
    "transfer": "Weiterreicher",
}

LOOKED_FOR = {
    "family": [FAMILY, IMPORTED_FAMILY],
    "given": [GIVEN, PREFERRED],
    "birth date": ["1931-07-19", "07/19/1931", "7/19/1931", "7/19/31", "Jul 19, 1931", "July 19, 1931"],
    "phone": ["6087741983", "608-774-1983", "774-1983", "6087742987", "774-2987"],
    "e-mail": ["quillonette"],
    "address": ["Wobblethorn"],
    "MRN": [MRN, IMPORTED_MRN],
    "member id": [MEMBER_ID, GROUP_ID],
    **{kind: [word] for kind, word in TOLD.items()},
}
