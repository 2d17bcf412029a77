"""Every key and what it does: the one table. A test holds the pages (`data-key`) and the scripts to it."""

from secretary_portal.desk import ways

Keys = dict[str, tuple[str, ...]]

ANYWHERE: Keys = {
    "Go to a page, find a patient, do something": ("Ctrl", "K"),
    "Find on this page": ("/",),
    "Create, where there is something to create": ("C",),
    "This help": ("?",),
    "Close what is open": ("Esc",),
}
IN_A_LIST: Keys = {"Next row": ("J",), "Previous row": ("K",), "Open": ("Enter",)}
WORK: Keys = {"Done": ("E",), "Wait": ("W",), "Hand over": ("A",), "Undo": ("U",)}
CALL: Keys = {
    "Take a call of the first, second … practice": ("1", "…", "9"),
    "Message to a provider": ("M",),
    "Call back later": ("B",),
    "Transfer": ("T",),
    "Hung up": ("H",),
    "Close the call": ("E",),
}
SCHEDULE: Keys = {
    "Between times and providers": ("←", "↑", "↓", "→"),
    "First and last time": ("Home", "End"),
    "An hour up and down": ("PgUp", "PgDn"),
    "Open or book": ("Enter",),
    "Now": ("N",),
    "Today": ("T",),
}


def table() -> dict[str, Keys]:
    """Groups of what one does and the keys for it. Where the keys lead to is said by the ways themselves."""
    return {
        "Anywhere": ANYWHERE,
        "Go to": {way.label: ("G", way.key.upper()) for way in ways.MAIN if way.key},
        "In a list": IN_A_LIST,
        "In my work": WORK,
        "On a call": CALL,
        "On the schedule": SCHEDULE,
    }


def letters() -> set[str]:
    """The single letters that press a control of the page."""
    pages = (ANYWHERE, WORK, CALL, SCHEDULE)
    return {
        keys[0].lower()
        for group in pages
        for keys in group.values()
        if len(keys) == 1 and keys[0].isalpha() and len(keys[0]) == 1
    }
