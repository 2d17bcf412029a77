"""What patients are reminded of, in which words, and what a caller may say that cannot wait."""

from datetime import datetime

from compliance.models import Practice
from correspondence.enums import Channel
from correspondence.models import RedFlags, ReminderPlan, ReminderStep, Wording
from secretary_portal.demo.data.practices import Plan

ENGLISH = """Hello [[patient.given_name]],

this is [[practice.name]]. We expect you on [[visit.date]] at [[visit.time]] with [[provider.name]], at [[location.name]].

If you cannot come, please call us at [[practice.phone]].
"""
SPANISH = """Hola [[patient.given_name]]:

Le escribe [[practice.name]]. Le esperamos el [[visit.date]] a las [[visit.time]] con [[provider.name]],
en [[location.name]].

Si no puede venir, por favor llámenos al [[practice.phone]].
"""
WORDINGS = (("en", "Your visit at [[practice.name]]", ENGLISH), ("es", "Su cita en [[practice.name]]", SPANISH))
SIGNS = (
    "Chest pain or pressure",
    "Trouble breathing",
    "Signs of a stroke: face, arm, speech",
    "Bleeding that does not stop",
    "Thoughts of suicide or of hurting somebody",
    "Sudden severe headache",
    "Fainting or not waking up",
    "Severe allergic reaction",
    "Baby under 3 months with a fever",
)


def load(practice: Practice, plan: Plan, *, now: datetime) -> None:
    """One plan for every kind of visit: two days and two hours before; the first list of red flags."""
    if not Wording.objects.exists():
        for language, subject, text in WORDINGS:
            Wording.objects.create(
                name="Visit reminder", channel=Channel.EMAIL, language=language, subject=subject, text=text
            )
    if not ReminderPlan.objects.exists():
        reminders = ReminderPlan.objects.create(name="Every visit")
        for hours in (48, 2):
            ReminderStep.objects.create(
                plan=reminders, hours_before=hours, channel=Channel.EMAIL, wording_name="Visit reminder"
            )
    if not RedFlags.objects.exists():
        RedFlags.objects.create(number=1, signs=list(SIGNS), published_at=now)
