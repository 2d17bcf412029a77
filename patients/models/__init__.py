"""Patients, as FHIR R4 has them."""

from .documents import Document, DocumentChunk
from .identity import Verification
from .patient import Address, Consent, ContactPoint, HumanName, Identifier, Numbering, Patient, SearchToken

__all__ = [
    "Address",
    "Consent",
    "ContactPoint",
    "Document",
    "DocumentChunk",
    "HumanName",
    "Identifier",
    "Numbering",
    "Patient",
    "SearchToken",
    "Verification",
]
