"""Scheduling: time and who gives it."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """Loads the app's grants into the access matrix, and has a leaver's holds released, when Django starts."""

    name = "scheduling"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what here, what follows the floor, and what a patient's banner says of the wait list."""
        from compliance import drafts, handing_over, practices
        from patients import banner
        from scheduling import consequences, exports, report_exports, rules, taking, work_ends  # noqa: F401
        from scheduling.models import Appointment, Offer, Recall, Series, WaitEntry
        from scheduling.waitlist import alerts

        drafts.about(visit_id=Appointment, series_id=Series, entry_id=WaitEntry, offer_id=Offer, recall_id=Recall)
        handing_over.register("held times", taking.release_of)
        practices.follow_places("visits", consequences.of_place)
        work_ends.register()
        if alerts.of_patient not in banner.MORE:
            banner.MORE.append(alerts.of_patient)
