"""When the database or the house is lost: backup, restore, and the schedule on paper (45 CFR 164.308(a)(7))."""
