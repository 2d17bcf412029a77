"""Languages that patients speak, by BCP 47."""

LANGUAGES = {
    "en": "English",
    "es": "Spanish",
    "zh": "Chinese",
    "vi": "Vietnamese",
    "tl": "Tagalog",
    "ar": "Arabic",
    "ko": "Korean",
    "fr": "French",
    "ht": "Haitian Creole",
    "ru": "Russian",
    "de": "German",
    "pt": "Portuguese",
    "it": "Italian",
    "pl": "Polish",
    "uk": "Ukrainian",
    "hi": "Hindi",
    "ur": "Urdu",
    "pa": "Punjabi",
    "gu": "Gujarati",
    "bn": "Bengali",
    "te": "Telugu",
    "ta": "Tamil",
    "ne": "Nepali",
    "fa": "Persian",
    "ps": "Pashto",
    "so": "Somali",
    "am": "Amharic",
    "sw": "Swahili",
    "hmn": "Hmong",
    "km": "Khmer",
    "lo": "Lao",
    "th": "Thai",
    "my": "Burmese",
    "ja": "Japanese",
    "he": "Hebrew",
    "el": "Greek",
    "tr": "Turkish",
    "nv": "Navajo",
    "ase": "American Sign Language",
}


def language_name(tag: str) -> str:
    """Spanish for es and es-MX; the tag itself when it is not one of ours; empty for none."""
    return LANGUAGES.get(tag.split("-")[0].lower(), tag) if tag else ""


def is_known(tag: str) -> bool:
    """Whether the pages have a name for it."""
    return tag.split("-")[0].lower() in LANGUAGES
