"""Whose a phone number is: found by its tokens, so that nothing is opened to look."""

from uuid import UUID

from django.db.models import QuerySet

from patients import tokens
from patients.enums import TokenKind
from patients.models import SearchToken


def holders(number: str) -> list[UUID]:
    """The ids of the patients of the practice being acted in who have the number, in E.164."""
    return sorted(_tokens(number).values_list("subject", flat=True))


def lock(number: str) -> list[UUID]:
    """As `holders`; until the transaction ends nobody else locks the number."""
    rows = _tokens(number).select_for_update(no_key=True).order_by("pk")
    return sorted(row.subject for row in rows)


def _tokens(number: str) -> "QuerySet[SearchToken]":
    kind, token = tokens.sought().token((TokenKind.PHONE, number))
    return SearchToken.objects.filter(kind=kind, token=token)
