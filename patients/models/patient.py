"""A patient and her FHIR-shaped rows: names, contacts with consent, addresses, identifiers, search tokens."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Prefetch, Q

from compliance.crypto.sealed import SealedDate, SealedField
from compliance.models import Barred, PracticeModel, PracticeQuerySet, User
from compliance.tenancy import current_practice_id
from patients.enums import (
    AddressUse,
    ContactSystem,
    ContactUse,
    IdentifierKind,
    NameUse,
    Purpose,
    Sex,
    TokenKind,
)


class PatientQuerySet(PracticeQuerySet):
    """Reads of patients."""

    def open_to(self, user: User) -> Self:
        """Those of whom the user may know that they are patients: all but the ones she is barred from.

        For pages that decide about a chart without showing what is in it.
        """
        rows = self.filter(practice_id=current_practice_id())
        return rows.exclude(pk__in=Barred.objects.filter(user=user.pk, ended_at__isnull=True).values("patient"))

    def restricted_for(self, user: User) -> Self:
        """Those that stand before the user without a name: restricted to others, and she is not barred."""
        return self.open_to(user).of_restricted_charts(user)

    def with_names(self) -> Self:
        """With what a row of a list shows: names and MRN. Two queries, for any number of rows."""
        return self.prefetch_related(
            "names", Prefetch("identifiers", Identifier.objects.filter(kind=IdentifierKind.MRN), to_attr="mrns")
        )


class Patient(PracticeModel):
    """FHIR R4 Patient. Deceased and do-not-contact are facts that booking and reminding obey."""

    PHI = frozenset({"birth_date", "note"})
    PLAIN = frozenset({"sex", "language", "interpreter_needed", "is_deceased", "deceased_on", "do_not_contact", "is_active"})
    VIEWED_BY = "patients.view_patient"
    VIEWED_BY_GLASS = "patients.view_by_glass"
    CHART = "pk"

    birth_date = SealedDate("patient.birth_date", null=True, blank=True)
    sex = models.CharField(max_length=7, choices=Sex, default=Sex.UNKNOWN)
    language = models.CharField(max_length=20, blank=True, help_text="BCP 47, as en or es-MX")
    interpreter_needed = models.BooleanField(null=True)
    is_deceased = models.BooleanField(default=False)
    deceased_on = models.DateField(null=True, blank=True)
    do_not_contact = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    note = SealedField("patient.note", max_length=1000, null=True, blank=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sex__in=Sex.values), name="patient_sex_known"),
            models.CheckConstraint(
                condition=Q(deceased_on__isnull=True) | Q(is_deceased=True), name="patient_death_date_only_when_deceased"
            ),
        ]

    def patient_ref(self) -> UUID | None:
        """Herself."""
        return self.pk


class _Dated(PracticeModel):
    """A row of a patient that held for a time (FHIR R4 Period, by days)."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    VIEWED_BY = "patients.view_patient"
    DATED = frozenset({"patient", "starts_on", "ends_on"})


class HumanName(_Dated):
    """FHIR R4 HumanName. One official name at a time; a person with one name has no given."""

    PHI = frozenset({"family", "given", "middle", "prefix", "suffix"})
    PLAIN = _Dated.DATED | {"use"}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="names")
    use = models.CharField(max_length=10, choices=NameUse, default=NameUse.OFFICIAL)
    family = SealedField("human_name.family", max_length=100, null=True, blank=True)
    given = SealedField("human_name.given", max_length=100, null=True, blank=True)
    middle = SealedField("human_name.middle", max_length=100, null=True, blank=True)
    prefix = SealedField("human_name.prefix", max_length=100, null=True, blank=True)
    suffix = SealedField("human_name.suffix", max_length=100, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(use__in=NameUse.values), name="name_use_known"),
            models.CheckConstraint(condition=Q(family__isnull=False) | Q(given__isnull=False), name="name_says_something"),
            models.UniqueConstraint(
                fields=["practice", "patient", "use"],
                condition=Q(ends_on__isnull=True, use__in=[NameUse.OFFICIAL, NameUse.USUAL]),
                name="one_official_and_one_preferred_name",
            ),
        ]


class ContactPoint(_Dated):
    """FHIR R4 ContactPoint: one phone (E.164), e-mail or fax. `rank` 1 is asked first."""

    PHI = frozenset({"value", "extension"})
    PLAIN = _Dated.DATED | {"system", "use", "rank"}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="contacts")
    system = models.CharField(max_length=8, choices=ContactSystem)
    use = models.CharField(max_length=8, choices=ContactUse, blank=True)
    value = SealedField("contact_point.value", max_length=254)
    extension = SealedField("contact_point.extension", max_length=10, null=True, blank=True)
    rank = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(system__in=ContactSystem.values), name="contact_system_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="contact_ends_after_start",
            ),
        ]


class Consent(PracticeModel):
    """Whether one contact may be used for one purpose, since when, and who told us so. The newest counts."""

    PLAIN = frozenset({"patient", "contact", "purpose", "is_given", "at", "source", "by", "superseded_at"})
    VIEWED_BY = "patients.view_patient"
    FIELD_CHANGES = False  # append-only: each row is history

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consents")
    contact = models.ForeignKey(ContactPoint, models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=10, choices=Purpose)
    is_given = models.BooleanField()
    at = models.DateTimeField()
    source = models.CharField(max_length=40, help_text="told by phone, form, import …")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="consent_purpose_known"),
            models.UniqueConstraint(
                fields=["practice", "contact", "purpose"],
                condition=Q(superseded_at__isnull=True),
                name="one_consent_in_force",
            ),
        ]


class Address(_Dated):
    """FHIR R4 Address."""

    PHI = frozenset({"line1", "line2", "city", "postal_code"})
    PLAIN = _Dated.DATED | {"use", "state", "country"}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="addresses")
    use = models.CharField(max_length=8, choices=AddressUse, default=AddressUse.HOME)
    line1 = SealedField("address.line1", max_length=120, null=True, blank=True)
    line2 = SealedField("address.line2", max_length=120, null=True, blank=True)
    city = SealedField("address.city", max_length=80, null=True, blank=True)
    state = models.CharField(max_length=2, blank=True)
    postal_code = SealedField("address.postal_code", max_length=10, null=True, blank=True)
    country = models.CharField(max_length=2, blank=True, default="US")

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [models.CheckConstraint(condition=Q(use__in=AddressUse.values), name="address_use_known")]


class Identifier(_Dated):
    """FHIR R4 Identifier. `system` is the assigning authority's URI; an SSN is shown by its last four only."""

    PHI = frozenset({"value"})
    PLAIN = _Dated.DATED | {"kind", "system"}

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=4, choices=IdentifierKind)
    system = models.CharField(max_length=255, blank=True)
    value = SealedField("identifier.value", max_length=80)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=IdentifierKind.values), name="identifier_kind_known")]


class SearchToken(models.Model):
    """Finds a patient by something sealed (security.md section 2): equality of keyed tokens and nothing else."""

    PHI: frozenset[str] = frozenset()
    VIEWED_BY = "patients.view_patient"

    practice = models.ForeignKey("compliance.Practice", models.PROTECT, related_name="+", db_index=False)
    kind = models.PositiveSmallIntegerField(choices=TokenKind)
    token = models.BinaryField(max_length=8)
    subject = models.UUIDField()
    key_version = models.PositiveSmallIntegerField(default=1)  # of the index key it was made with

    objects = PracticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "kind", "token", "subject"], name="search_token_once"),
            models.UniqueConstraint(fields=["practice", "token"], condition=Q(kind=TokenKind.MRN), name="mrn_once"),
        ]
        indexes = [models.Index(fields=["practice", "subject"], name="search_token_of_subject")]


class Numbering(PracticeModel):
    """The last MRN that the portal gave at a practice. Its row is the lock under which the next one is given."""

    PLAIN = frozenset({"last"})
    VIEWED_BY = "patients.view_patient"
    FIELD_CHANGES = False  # a counter; what it gave stands with the patient

    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice"], name="one_numbering")]
