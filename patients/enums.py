"""Known words about patients. Values are FHIR R4's codes."""

from django.db import models


class Sex(models.TextChoices):
    """FHIR R4 administrative-gender."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Not known"


class NameUse(models.TextChoices):
    """FHIR R4 name-use. The preferred name of the pages is `usual`."""

    OFFICIAL = "official", "Official"
    USUAL = "usual", "Preferred"
    NICKNAME = "nickname", "Nickname"
    MAIDEN = "maiden", "Before marriage"
    OLD = "old", "Earlier"
    TEMP = "temp", "Temporary"
    ANONYMOUS = "anonymous", "Anonymous"


class ContactSystem(models.TextChoices):
    """FHIR R4 contact-point-system, of which we keep these."""

    PHONE = "phone", "Phone"
    EMAIL = "email", "E-mail"
    FAX = "fax", "Fax"
    OTHER = "other", "Other"


class ContactUse(models.TextChoices):
    """FHIR R4 contact-point-use."""

    HOME = "home", "Home"
    MOBILE = "mobile", "Mobile"
    WORK = "work", "Work"
    TEMP = "temp", "Temporary"
    OLD = "old", "No longer"


class AddressUse(models.TextChoices):
    """FHIR R4 address-use."""

    HOME = "home", "Home"
    WORK = "work", "Work"
    TEMP = "temp", "Temporary"
    BILLING = "billing", "Billing"
    OLD = "old", "No longer"


class IdentifierKind(models.TextChoices):
    """HL7 v2 table 0203, of which we keep these."""

    MRN = "MR", "MRN"
    SSN = "SS", "Social Security number"
    LICENCE = "DL", "Driver's license"
    PASSPORT = "PPN", "Passport"
    OTHER = "XX", "Other number"


class Purpose(models.TextChoices):
    """What a contact may be used for; consent is given for each."""

    CALL = "call", "Call"
    VOICEMAIL = "voicemail", "Leave a voicemail"
    TEXT = "text", "Text"
    EMAIL = "email", "E-mail"


class TokenKind(models.IntegerChoices):
    """What a search token stands for."""

    NAME = 1, "name part or prefix"
    BIRTH_DATE = 2, "birth date"
    PHONE = 3, "phone"
    MRN = 4, "MRN"
    IDENTIFIER = 5, "system and value"
    PHONE_END = 6, "last four digits of a phone"
    MEMBER_ID = 7, "member id"
    EMAIL = 8, "e-mail"


class DocumentKind(models.TextChoices):
    """What a document is."""

    INSURANCE_CARD = "insurance-card", "Insurance card"
    UPLOAD = "upload", "Upload"
    LETTER = "letter", "Letter"
