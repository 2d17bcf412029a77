"""Every model says what in it is health data and who sees it, and the database refuses what must not be."""

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from compliance.access import MATRIX
from compliance.crypto.sealed import SealedField, labels
from compliance.models import PracticeModel

FROM_THE_BASE = {"id", "practice", "version", "created_at", "updated_at"}
OURS = [model for model in apps.get_models() if issubclass(model, PracticeModel)]
STATUSES = [
    field
    for model in apps.get_models()
    for field in model._meta.local_fields
    if field.name in {"status", "state", "role", "outcome"} and field.choices and model._meta.managed
]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_field_is_health_data_or_is_not(model):
    fields = {field.name for field in model._meta.concrete_fields} - FROM_THE_BASE

    assert (fields, model.PHI & model.PLAIN) == (model.PHI | model.PLAIN, frozenset())


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_what_is_health_data_is_sealed(model):
    open_ones = [
        name for name in model.PHI if not isinstance(model._meta.get_field(name), (SealedField, models.BinaryField))
    ]

    assert open_ones == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_what_is_sealed_is_named_as_health_data(model):
    sealed = {field.name for field in model._meta.concrete_fields if isinstance(field, SealedField)}

    assert sealed <= model.PHI


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_model_says_who_sees_it(model):
    assert model.VIEWED_BY in MATRIX
    assert hasattr(model.objects.none(), "visible_to")


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_no_unique_index_tells_of_another_practices_values(model):
    unique = [constraint for constraint in model._meta.constraints if isinstance(constraint, models.UniqueConstraint)]
    telling = [one.name for one in unique if one.fields and not _is_bound(model, one.fields)]

    assert telling == []


def _is_bound(model, names) -> bool:
    """Begins with the practice, or is about a row that belongs to one."""
    return names[0] == "practice" or any(
        isinstance(model._meta.get_field(name), models.ForeignKey)
        and issubclass(model._meta.get_field(name).related_model, PracticeModel)
        for name in names
    )


def test_every_sealed_label_is_its_fields_own():
    sealed = [
        field.label for model in apps.get_models() for field in model._meta.local_fields if isinstance(field, SealedField)
    ]

    assert sorted(sealed) == sorted(set(sealed))
    assert set(sealed) <= labels.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("field", STATUSES, ids=lambda field: f"{field.model._meta.label}.{field.name}")
def test_every_status_is_one_that_the_database_knows(field):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(pg_get_constraintdef(oid), ' ') FROM pg_constraint"
            " WHERE contype = 'c' AND conrelid = %s::regclass",
            [field.model._meta.db_table],
        )
        checks = cursor.fetchone()[0] or ""

    assert all(f"'{value}'" in checks for value, _ in field.flatchoices if value), checks


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_no_lists_stand_under_an_index_that_the_wall_would_leave_unused(model):
    assert [field.name for field in model._meta.local_fields if isinstance(field, ArrayField) and field.db_index] == []
