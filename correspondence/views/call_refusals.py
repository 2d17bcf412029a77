"""How the domain's refusals are worded on a call's page."""

from compliance import cases
from correspondence import calls
from scheduling import booking, visits

OVERTAKEN = "This call went on in another tab, or a colleague worked on it. Nothing was saved; what you typed is still here."
CHANGED = "Somebody changed that visit meanwhile. Look at it again."
TAKEN = "This time was just taken. The next free times are below."

# What the domain refuses: (field, words or the exception's own, status of the answer).
REFUSED: dict[type[Exception], tuple[str | None, str, int]] = {
    calls.Stale: (None, OVERTAKEN, 409),
    calls.Closed: (None, "This call is closed. Take a new one.", 409),
    calls.TooManyTries: (None, "That was the last try of this call. You can still take a message.", 422),
    calls.IllegalMove: (None, "That cannot be said of this call any more.", 422),
    calls.NotAuthorised: (None, "Nobody with a right to it is verified. Take a message instead.", 422),
    calls.NotAMinor: ("authority", "The patient is of age, so a parent needs another right.", 422),
    calls.AuthoritySourceMissing: ("source", "Enter where that right is written, or why you judge so.", 422),
    calls.WhyMissing: ("why", "Say why the red flag is taken back.", 422),
    calls.WhoAnswered: ("who", "Enter the name of the person you reached.", 422),
    calls.RedFlagUnanswered: (None, "A red flag was ticked. Say first what was done about it.", 422),
    calls.ReasonMissing: ("reason", "Choose what the call was about.", 422),
    booking.SlotTaken: (None, TAKEN, 409),
    booking.OutsideHours: (None, "", 422),
    booking.NotSchedulable: (None, "", 422),
    booking.PatientBusy: (None, "", 409),
    booking.Stale: (None, CHANGED, 409),
    visits.IllegalMove: (None, CHANGED, 409),
    cases.Stale: (None, "Somebody worked on that message meanwhile. Try again.", 409),
    cases.IllegalMove: (None, "That message was closed meanwhile. Open a new one.", 409),
}
