"""Cut-over: the appointments that stand in another system, from CSV, iCalendar or FHIR R4, by a mapping.

`reading` makes rows of a file, `matching` finds whose, with whom and of which kind they are, `bringing` books them.
"""
