"""The seven roles (security.md section 6). A role is code; holding one is a `Membership` row."""

from django.db import models


class Role(models.TextChoices):
    """What a person does for one practice. The operator of the portal holds no role in a practice."""

    SCHEDULING_SECRETARY = "scheduling_secretary", "Secretary (scheduling only)"
    SECRETARY = "secretary", "Secretary"
    BILLING = "billing", "Billing coordinator"
    PROVIDER = "provider", "Provider"
    PRACTICE_ADMIN = "practice_admin", "Practice admin"
    PRIVACY_OFFICER = "privacy_officer", "Privacy officer"
    OPERATOR = "operator", "Operator of the portal"


IN_A_PRACTICE: tuple[Role, ...] = tuple(role for role in Role if role is not Role.OPERATOR)
OPERATOR = "operator of the portal"  # who acts where no member does, as the rows name it
