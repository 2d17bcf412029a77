"""Addresses of the floor."""

from django.urls import path

from compliance.views import cases

app_name = "compliance"
urlpatterns = [
    path("cases/<uuid:case_id>/", cases.case, name="case"),
    path("cases/<uuid:case_id>/done/", cases.done, name="done"),
    path("cases/<uuid:case_id>/take/", cases.take, name="take"),
    path("cases/<uuid:case_id>/wait/", cases.wait, name="wait"),
    path("cases/<uuid:case_id>/hand-over/", cases.hand_over, name="hand_over"),
    path("cases/<uuid:case_id>/undo/", cases.undo, name="undo"),
]
