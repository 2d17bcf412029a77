"""The base of everything that a practice admin sets up: asks the matrix, shows one practice, writes by the domain."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import IntegrityError, models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst

from compliance import rows
from compliance.access import insist
from compliance.admin_forms import WIDGETS, Deed, PracticeForm, Refused
from compliance.models import FieldChange, Membership, User


class PracticeAdmin(admin.ModelAdmin):
    """One kind of row of a practice's set-up.

    `changed_by` is the permission that writes; `writer` the module that is the model's one writer; `deeds` what else
    one does with a row. Nothing is logged in Django's admin log: it lies outside the wall, and the trail says more.
    """

    form = PracticeForm
    group = ""
    place = 0
    about = ""
    heading = ""
    one = ""
    add_words = ""
    empty = "Nothing here yet."
    changed_by = ""
    writer: Any = None
    deeds: tuple[Deed, ...] = ()
    can_add = can_change = can_delete = True
    actions = None
    sortable_by = ()
    list_per_page = 100
    show_full_result_count = False
    formfield_overrides = WIDGETS

    # --- Who may

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By the model's own permission, at the practice of the URL."""
        return request.user.may(self.model.VIEWED_BY) or self._may_write(request)  # type: ignore[union-attr]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may write, where rows are added by hand at all."""
        return self.can_add and self._may_write(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may write, where rows are changed at all."""
        return self.can_change and self._may_write(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a row that nothing refers to; others are taken out of use."""
        return self.can_delete and self._may_write(request) and not (obj is not None and rows.is_referenced(obj))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown in the list of what can be set up."""
        return self.has_view_permission(request)

    def _may_write(self, request: HttpRequest) -> bool:
        return request.user.may(self.changed_by)  # type: ignore[union-attr]

    # --- What is shown

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Rows of the practice, in the order of the list."""
        found = self.model.objects.visible_to(request.user)
        return found.order_by(*self.get_ordering(request), "pk")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the pop-ups beside a choice."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choices are the practice's own rows, and of people those who work here."""
        kwargs["queryset"] = self.choices_of(db_field.remote_field.model, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def choices_of(self, model: type[models.Model], request: HttpRequest) -> models.QuerySet:
        """What a field may point to."""
        if model is User:
            held = Membership.objects.visible_to(request.user).in_force(timezone.now())
            return User.objects.filter(pk__in=held.values("user")).order_by("name", "pk")
        return model.objects.visible_to(request.user)  # type: ignore[attr-defined]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form knows the request: who asks, and what the domain refused just now."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.request = request
        return form

    # --- What is written

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Shows what the domain refused beside its field; 422 for a failed form, 409 for one that came too late."""
        try:
            answer = super().changeform_view(request, object_id, form_url, extra_context)
        except (Refused, rows.Stale, IntegrityError) as refused:
            request.refusals = [refused] if isinstance(refused, Refused) else []  # type: ignore[attr-defined]
            answer = super().changeform_view(request, object_id, form_url, extra_context)
        if request.method == "POST" and isinstance(answer, TemplateResponse):
            form = answer.context_data["adminform"].form
            answer.status_code = 409 if form.is_stale else 422
        return answer

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Words of the practice in place of the model's."""
        one = self.one or self.opts.verbose_name
        context |= {
            "title": capfirst(str(obj)) if obj is not None else f"New {one}",
            "one": one,
            "heading": self.heading,
            "deeds": self._open_deeds(request, obj),
            "save_another": self.can_add and obj is None,
        }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Hand over to the writer."""
        if change and form.values():
            self.change_row(obj, form, by=request.user)
        elif not change:
            self.add_row(obj, form, by=request.user)

    def add_row(self, row: Any, form: Any, *, by: Any) -> None:
        """One call of the writer."""
        self.writer.add(row, by=by)

    def change_row(self, row: Any, form: Any, *, by: Any) -> None:
        """One call of the writer, with what was changed and the version that was shown."""
        self.writer.change(row, form.values(), version=form.cleaned_data["version"], by=by, now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """One call of the writer."""
        self.writer.remove(obj, by=request.user)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Says why a row stays."""
        try:
            return super().delete_view(
                request, object_id, {"heading": self.heading, "one": self.one, **(extra_context or {})}
            )
        except Refused as refused:
            messages.error(request, refused.sentence)
            return redirect(self.address("change", object_id))

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Not here: the writer's event and the field change say it."""

    log_change = log_addition

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """Not here either."""

    # --- What is answered

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Back to the list, or to the next one."""
        if said := self.said_after_adding(obj):
            messages.success(request, said)
        return redirect(self.address("add" if "_addanother" in request.POST else "changelist"))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Back to the list."""
        messages.success(request, f"{capfirst(self.one or self.opts.verbose_name)} saved.")
        return redirect(self.address("changelist"))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        """Back to the list."""
        messages.success(request, f"{capfirst(self.one or self.opts.verbose_name)} deleted.")
        return redirect(self.address("changelist"))

    def said_after_adding(self, row: Any) -> str:
        """What the page says when a row was added."""
        return f"{capfirst(self.one or self.opts.verbose_name)} added."

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list, under the name that the practice uses."""
        words = {"title": self.heading, "about": self.about, "empty": self.empty}
        words["add_words"] = self.add_words or f"Add {self.one or self.opts.verbose_name}"
        return super().changelist_view(request, words | (extra_context or {}))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Who changed which field from what to what."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {row}",
            "heading": self.heading,
            "original": row,
            "opts": self.opts,
            "changes": FieldChange.objects.visible_to(request.user).of(row)[:100],
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: Any) -> HttpResponse:
        raise Http404

    # --- Deeds

    def get_urls(self) -> list[Any]:
        """One address more: a deed's."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_do"
        return [path("<path:object_id>/do/<slug:deed>/", self.do, name=name), *super().get_urls()]

    def do(self, request: HttpRequest, object_id: str, deed: str) -> HttpResponse:
        """Do one deed to one row, by POST; what it answers is said on the next page."""
        row = self.get_object(request, unquote(object_id))
        wanted = next((one for one in self.deeds if one.name == deed), None)
        if row is None or wanted is None or request.method != "POST":
            raise Http404
        insist(request.user, self.changed_by)  # type: ignore[arg-type]
        try:
            if said := wanted.act(row, request):
                messages.success(request, said)
        except Refused as refused:
            messages.error(request, refused.sentence)
        return redirect(self.address("changelist"))

    def _open_deeds(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        if row is None or not self._may_write(request):
            return []
        first = self._asked_before(request)
        return [
            {"deed": deed, "address": self.address("do", row.pk, deed.name), "first": first if deed.asks else ""}
            for deed in self.deeds
            if deed.fits(row)
        ]

    def _asked_before(self, request: HttpRequest) -> str:
        """Where one goes before something is written for a deed, so that it is not lost; empty for nowhere."""
        return ""

    def address(self, page: str, *args: Any) -> str:
        """The address of one of this model's pages."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)
