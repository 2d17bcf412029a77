"""Whatever stands in another system's file is read as it was written, or refused: times on both change days, any text."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduling.cutover import reading, rows
from scheduling.cutover.mapping import Words
from scheduling.cutover.rows import Unusable

ZONES = [ZoneInfo(name) for name in ("America/New_York", "America/Phoenix", "America/Indianapolis", "Pacific/Honolulu")]
TEN = datetime(2027, 3, 1, 16, 0, tzinfo=UTC)
FIRST = TEN.replace(tzinfo=None)


@given(st.datetimes(min_value=FIRST, max_value=FIRST + timedelta(days=1500)), st.sampled_from(ZONES))
def test_a_local_time_is_read_as_it_was_written_or_not_at_all(when, zone):
    when = when.replace(second=0, microsecond=0)
    for text in (f"{when:%Y-%m-%d %H:%M}", f"{when:%m/%d/%Y %I:%M %p}", when.isoformat()):
        try:
            read = rows.read_moment(text, zone)
        except rows.Unreadable:
            assert when.replace(tzinfo=zone).utcoffset() != when.replace(tzinfo=zone, fold=1).utcoffset()
        else:
            assert read.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == when


@given(st.text(max_size=400))
def test_no_text_is_more_than_read_or_refused(text):
    words = Words("Old One", ZONES[0], columns={"id": "a", "mrn": "b", "start": "c", "provider": "d", "kind": "e"})

    with suppress(Unusable):
        found = reading.rows(text.encode("utf-8", "surrogatepass"), words, now=TEN)
        assert all(isinstance(row.starts_at, datetime) for row in found.rows)
