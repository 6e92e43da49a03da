"""How a name becomes words to search by: `[a-z0-9]+`, without case, accents, hyphens nor apostrophes."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae"})
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
# Words that a person may type, or omit, around a name: asked for only when there is no other.
_NOISE = frozenset({"commune", "mairie", "ville", "d", "de", "des", "du", "l", "la", "le", "les"})


def words_of(text: str) -> list[str]:
    """Split a text into its normalised words, in their order: « Sᵗ-Étienne » gives `saint`, `etienne`."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).lower()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return [_ABBREVIATIONS.get(word, word) for word in re.findall(r"[a-z0-9]+", plain)]


def significant_words_of(text: str) -> list[str]:
    """Split a text into normalised words without articles and the like, unless it has nothing else."""
    words = words_of(text)
    return [word for word in words if word not in _NOISE] or words


def search_name_of(text: str) -> str:
    """Reduce a name to the form in which two spellings of it are equal."""
    return " ".join(significant_words_of(text))
