"""The states and territories of the United States by their postal codes."""

_TEXT = """AL Alabama;AK Alaska;AZ Arizona;AR Arkansas;CA California;CO Colorado;CT Connecticut;DE Delaware;
DC District of Columbia;FL Florida;GA Georgia;HI Hawaii;ID Idaho;IL Illinois;IN Indiana;IA Iowa;KS Kansas;KY Kentucky;
LA Louisiana;ME Maine;MD Maryland;MA Massachusetts;MI Michigan;MN Minnesota;MS Mississippi;MO Missouri;MT Montana;
NE Nebraska;NV Nevada;NH New Hampshire;NJ New Jersey;NM New Mexico;NY New York;NC North Carolina;ND North Dakota;
OH Ohio;OK Oklahoma;OR Oregon;PA Pennsylvania;RI Rhode Island;SC South Carolina;SD South Dakota;TN Tennessee;TX Texas;
UT Utah;VT Vermont;VA Virginia;WA Washington;WV West Virginia;WI Wisconsin;WY Wyoming;AS American Samoa;GU Guam;
MP Northern Mariana Islands;PR Puerto Rico;VI U.S. Virgin Islands;AA Armed Forces Americas;AE Armed Forces Europe;
AP Armed Forces Pacific"""

STATES: dict[str, str] = dict(entry.strip().split(" ", 1) for entry in _TEXT.split(";"))  # type: ignore[misc]
_CODES = {name.casefold(): code for code, name in STATES.items()}


def code_of(text: str) -> str:
    """WI for wi and Wisconsin; empty for what is no state."""
    text = text.strip()
    return text.upper() if text.upper() in STATES else _CODES.get(text.casefold(), "")
