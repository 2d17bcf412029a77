"""Cut-over: the appointments that stand in another system, from CSV, iCalendar or FHIR R4, by a mapping.

`files` keeps what an admin hands in and `reading` makes rows of it; `matching` finds whose, with whom and of which kind
they are, `bringing` books them.
"""
