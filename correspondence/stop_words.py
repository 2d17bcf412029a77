"""What a text that came in means: no more texts, or words for a person. Confirmations are not interpreted.

47 CFR 64.1200(a)(10): stop, quit, end, revoke, opt out, cancel and unsubscribe revoke consent, and so does any other clear
wording. The whole text has to be such a wording; one that only contains it ("can I stop the pills?") is read by a person,
who is told that it may be meant.
"""

import re
import unicodedata
from dataclasses import dataclass

FCC = frozenset({"stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"})
ENGLISH = frozenset(
    {"optout", "stop all", "stopall", "stop it", "stop texting", "stop texting me", "stop texts", "stop messages"}
    | {"stop messaging me", "stop sending texts", "stop sending me texts", "dont text me", "do not text me", "no texts"}
    | {"no more texts", "no more messages", "no more", "remove me", "take me off", "take me off the list", "leave me alone"}
)
SPANISH = frozenset(
    {"alto", "pare", "paren", "parar", "basta", "detener", "detenga", "fin", "terminar", "salir", "baja", "dar de baja"}
    | {"darme de baja", "cancelar", "cancela", "revocar", "no mas", "no mas mensajes", "no mas textos", "no me escriban"}
    | {"no me escriban mas", "no me envien mensajes", "no me envien mas mensajes", "dejen de escribirme"}
)
STOP = FCC | ENGLISH | SPANISH
OR_A_VISIT = frozenset({"cancel", "cancelar", "cancela"})  # to carriers STOP, to a patient perhaps her visit: it is both
POLITE = frozenset({"please", "pls", "thanks", "thank you", "now", "por favor", "gracias", "ya", "hello", "hi", "hola"})
HINTS = frozenset({"stop", "quit", "unsubscribe", "revoke", "texting", "alto", "basta"} | {"cancel", "cancelar"})
_NOT_A_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Meaning:
    """`ends_texts` at once; `is_for_a_person` makes it work; `may_end_texts` tells her what to look at."""

    ends_texts: bool
    is_for_a_person: bool
    may_end_texts: bool = False


def meaning_of(text: str) -> Meaning:
    """Case, accents, punctuation, and polite words around it are left out."""
    said = _plain(text)
    if said in STOP:
        return Meaning(ends_texts=True, is_for_a_person=said in OR_A_VISIT)
    return Meaning(ends_texts=False, is_for_a_person=True, may_end_texts=bool(HINTS & {*said.split()}))


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("’", ""))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    said = " ".join(_NOT_A_WORD.sub(" ", bare).split())
    for _ in range(3):
        for polite in POLITE:
            said = said.removeprefix(f"{polite} ").removesuffix(f" {polite}")
    return said
