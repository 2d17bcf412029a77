"""Who may do what: the access matrix, the one question, and the decorator that asks it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from guardian.models import GroupObjectPermission

from compliance import eligibility
from compliance.audit import events
from compliance.models import Practice, User
from compliance.roles import IN_A_PRACTICE, Role
from compliance.tenancy.context import FIXED_PRINCIPALS, LINK, SYSTEM, WEBHOOK, current, current_practice_id

MATRIX: dict[str, frozenset[Role]] = {}
FOR_FIXED: dict[UUID, set[str]] = {SYSTEM: set(), LINK: set(), WEBHOOK: set()}


def grant(permission: str, *roles: Role, fixed: tuple[UUID, ...] = ()) -> None:
    """Declare in an app's `rules.py` which roles may do `app.verb_object`, and which fixed principals.

    Raises ImproperlyConfigured when it was declared before: a power has one place.
    """
    if permission in MATRIX:
        raise ImproperlyConfigured(f"{permission} is granted twice.")
    MATRIX[permission] = frozenset(roles)
    for principal in fixed:
        FOR_FIXED[principal].add(permission)


def codename(permission: str) -> str:
    """The permission's name on `Practice`; it carries the app, since guardian drops the app's label."""
    return permission.replace(".", "_")


@dataclass
class Standing:
    """What one person is and may in one practice, worked out once for each request."""

    roles: frozenset[Role]
    unmet: list[eligibility.Unmet]
    rows: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        """Whether a role in force carries the permission, guardian's row says so, and every condition is met.

        Raises KeyError for a permission that nobody declared.
        """
        roles = MATRIX[permission]
        return not self.unmet and bool(self.roles & roles) and codename(permission) in self.rows


def standing_of(user: User) -> Standing:
    """A person's standing in the practice being acted in: two queries the first time, none after."""
    practice = current_practice_id()
    known: dict[UUID, Standing] = user.standings
    if practice not in known:
        known[practice] = _work_out(user, practice)
    return known[practice]


def _work_out(user: User, practice: UUID) -> Standing:
    facts = eligibility.facts_of([user.pk], practice=practice, now=timezone.now())
    unmet = eligibility.unmet(user, facts=facts)
    return Standing(facts.roles_of(user), unmet, frozenset(() if unmet else _rows_of(user, practice)))


# As in `eligibility.KNOWN`: what guardian's rows grant a person's groups on a practice, the rows that `keep_groups` writes.
GRANTED = """
SELECT permission.codename
  FROM guardian_groupobjectpermission AS granted
  JOIN compliance_user_groups AS member ON member.group_id = granted.group_id
  JOIN auth_permission AS permission ON permission.id = granted.permission_id
 WHERE member.user_id = %s AND granted.content_type_id = %s AND granted.object_pk = %s
"""


def _rows_of(user: User, practice: UUID) -> Iterable[str]:
    on_practice = ContentType.objects.get_for_model(Practice)
    with connection.cursor() as cursor:
        cursor.execute(GRANTED, [user.pk, on_practice.pk, str(practice)])
        return [name for (name,) in cursor.fetchall()]


class PracticeBackend:
    """Answers `user.has_perm("app.verb_object", practice)`: True, or PermissionDenied so that no other backend may."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Signing in is not this backend's work."""

    def has_perm(self, user: User, permission: str, obj: Any = None) -> bool:
        """Only about the practice being acted in; anything else is refused."""
        context = current()
        is_here = isinstance(obj, Practice) and context is not None and context.practice == obj.pk
        if is_here and permission in MATRIX and user.is_active and standing_of(user).may(permission):
            return True
        raise PermissionDenied


def fixed_may(permission: str) -> bool:
    """Whether the fixed principal that is acting (the portal, a link, a webhook) may do this."""
    context = current()
    return context is not None and permission in FOR_FIXED.get(context.principal, ())


def insist(user: User, permission: str) -> None:
    """Refuse, and record it, what a person may not do here: for a view whose acts have permissions of their own.

    Raises PermissionDenied.
    """
    if not standing_of(user).may(permission):
        events.record("access.refused", body={"permission": permission}, refused=True)
        raise PermissionDenied


def requires(permission: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let a view be entered only with a permission of the matrix, in a practice.

    Not eligible: led to the admission page, which says what is missing. Not permitted: 403. Both are recorded.
    """
    if permission not in MATRIX:
        raise ImproperlyConfigured(f"{permission} is in no rules.py.")

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            standing = standing_of(request.user)  # type: ignore[arg-type]
            if standing.unmet:
                return _to_admission(request, permission)
            insist(request.user, permission)  # type: ignore[arg-type]
            return view(request, *args, **kwargs)

        entered.permission = permission  # type: ignore[attr-defined]
        entered.in_practice = True  # type: ignore[attr-defined]
        return entered

    return decorate


def _to_admission(request: HttpRequest, permission: str) -> HttpResponse:
    events.record("access.refused", body={"permission": permission, "why": "admission"}, refused=True)
    if request.method in {"GET", "HEAD"} and not getattr(request, "htmx", False):
        return redirect("compliance:admission")
    raise PermissionDenied("Something is missing before you may work here: see the admission page.")


def membership_alone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view of a practice that every member may enter, before training and agreements: the admission area."""
    view.permission = "membership alone"  # type: ignore[attr-defined]
    view.in_practice = True  # type: ignore[attr-defined]
    return view


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view outside every practice that each signed-in person may enter."""
    view.permission = "signed in"  # type: ignore[attr-defined]
    view.in_practice = False  # type: ignore[attr-defined]
    return view


def anywhere(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view that each signed-in person may enter, inside her practices and outside."""
    view.permission = "signed in"  # type: ignore[attr-defined]
    return view


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view outside every practice that may be entered without signing in."""
    view.permission = "public"  # type: ignore[attr-defined]
    view.in_practice = False  # type: ignore[attr-defined]
    return login_not_required(view)


def keep_permissions() -> None:
    """Make the permission rows on `Practice` equal the matrix. Run by `manage.py settle`."""
    on_practice = ContentType.objects.get_for_model(Practice)
    wanted = {codename(permission): permission for permission in MATRIX}
    rows = Permission.objects.filter(content_type=on_practice)
    rows.exclude(codename__in=wanted).delete()
    there = set(rows.values_list("codename", flat=True))
    Permission.objects.bulk_create(
        Permission(content_type=on_practice, codename=name, name=permission)
        for name, permission in wanted.items()
        if name not in there
    )


def keep_groups(practice: Practice) -> None:
    """Make one practice's groups, one for each role, hold exactly what the matrix grants."""
    on_practice = ContentType.objects.get_for_model(Practice)
    permissions = {row.codename: row for row in Permission.objects.filter(content_type=on_practice)}
    for role in Role:
        group, _ = Group.objects.get_or_create(name=group_name(practice.pk, role))
        wanted = {codename(permission) for permission, roles in MATRIX.items() if role in roles}
        rows = GroupObjectPermission.objects.filter(group=group)
        rows.exclude(permission__codename__in=wanted).delete()
        there = set(rows.values_list("permission__codename", flat=True))
        GroupObjectPermission.objects.bulk_create(
            GroupObjectPermission(
                group=group, permission=permissions[name], content_type=on_practice, object_pk=str(practice.pk)
            )
            for name in wanted - there
        )


def group_name(practice: UUID, role: str) -> str:
    """The name of guardian's group for a role at a practice."""
    return f"{practice}:{role}"


@dataclass(frozen=True)
class Power:
    """One line of the access matrix in words: what, and for each role of a practice whether it may."""

    permission: str
    words: str
    marks: list[tuple[Role, bool]]
    fixed: str


def matrix_by_app() -> dict[str, list[Power]]:
    """The access matrix for reading: the lines of each app, by name."""
    apps: dict[str, list[Power]] = {}
    for permission in sorted(MATRIX):
        app, _, verb = permission.partition(".")
        marks = [(role, role in MATRIX[permission]) for role in IN_A_PRACTICE]
        fixed = ", ".join(FIXED_PRINCIPALS[who] for who in FOR_FIXED if permission in FOR_FIXED[who])
        apps.setdefault(app.capitalize(), []).append(Power(permission, verb.replace("_", " ").capitalize(), marks, fixed))
    return apps


def matrix_text() -> str:
    """The access matrix as text: a line for each permission, a column for each role. Kept as a golden file."""
    width = max(len(permission) for permission in MATRIX)
    lines = ["".ljust(width) + "  " + "  ".join(role.value for role in IN_A_PRACTICE) + "  portal/link/webhook"]
    for permission in sorted(MATRIX):
        marks = ["x" if role in MATRIX[permission] else "-" for role in IN_A_PRACTICE]
        cells = "  ".join(mark.ljust(len(role.value)) for mark, role in zip(marks, IN_A_PRACTICE, strict=True))
        fixed = ", ".join(FIXED_PRINCIPALS[who] for who in FOR_FIXED if permission in FOR_FIXED[who])
        lines.append(f"{permission.ljust(width)}  {cells}  {fixed}".rstrip())
    return "\n".join(lines) + "\n"
