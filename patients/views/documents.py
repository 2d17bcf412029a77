"""Files of a patient: put on file, and handed out as attachments only."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from compliance.access import requires
from compliance.audit import events, reads
from patients import documents
from patients.banner import banner_of
from patients.enums import DocumentKind
from patients.file_types import LARGEST, TOO_LARGE
from patients.forms import UploadForm
from patients.models import Document, Patient


@requires("patients.store_document")
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Put one file on file. What is not taken is refused with a sentence at the field."""
    patient = get_object_or_404(Patient.objects.visible_to(request.user).with_names(), pk=patient_id)
    reads.opens_chart_of(patient.pk)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid() and _stored(request, patient, form):
        messages.success(request, "Put on file.")
        return redirect("patients:patient", patient.pk)
    context = {"patient": patient, "banner": banner_of(patient, today=timezone.localdate()), "form": form}
    return render(request, "patients/upload.html", context, status=422 if form.errors else 200)


@requires("patients.open_document")
@require_safe
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The file, to be saved: never shown inside the portal's own pages."""
    row = get_object_or_404(Document.objects.visible_to(request.user), pk=document_id)
    content = b"".join(documents.chunks(row))
    events.record("document.opened", row, action=events.READ, by=request.user)
    response = HttpResponse(content, content_type=row.content_type)
    response["Content-Disposition"] = f'attachment; filename="{documents.file_name(row)}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _stored(request: HttpRequest, patient: Patient, form: UploadForm) -> bool:
    file = form.cleaned_data["file"]
    if file.size > LARGEST:
        form.add_error("file", TOO_LARGE)
        return False
    try:
        documents.store(
            patient,
            kind=DocumentKind.UPLOAD,
            title=form.cleaned_data["title"],
            content=file.read(),
            name=file.name,
            by=request.user,
        )
    except documents.UploadRefused as refused:
        form.add_error("file", refused.sentence)
        return False
    return True
