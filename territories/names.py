"""How places, authorities and préfectures are named in French: articles by INSEE's TNCC, and every exception."""

from dataclasses import dataclass

# TNCC (INSEE, code officiel géographique): the article of a name and how « de » binds to it.
BARE, VOWEL, LE, LA, LES, ELIDED, AUX, LAS, LOS = range(9)

_OF = {BARE: "de ", VOWEL: "d'", LE: "du ", LA: "de la ", LES: "des ", ELIDED: "de l'"}
_AT = {BARE: "à ", VOWEL: "à ", LE: "au ", LA: "à la ", LES: "aux ", ELIDED: "à l'"}
_ARTICLES = {LE: "Le ", LA: "La ", LES: "Les ", ELIDED: "L'"}
_VOWELS = "AÀÂÄEÉÈÊËIÎÏOÔÖŒUÙÛÜ"

# Départements whose own acts take another article than that of the list: Loir-et-Cher, Lot-et-Garonne, Tarn-et-Garonne
# and Vaucluse take none; the list has none for places overseas.
_TNCC_OF_DEPARTEMENT = {
    "41": BARE,
    "47": BARE,
    "82": BARE,
    "84": BARE,
    "984": LES,
    "987": LA,
    "988": LA,
    "989": ELIDED,
}
# No permanent population: no préfecture of ordinary kind, no contract.
UNINHABITED = frozenset({"984", "989"})
_OVERSEAS_REGIONS = frozenset({"01", "02", "03", "04", "06"})


def of(name: str, tncc: int) -> str:
    """Bind « de » to a name stored without its article: `of("Jura", LE)` is « du Jura »."""
    return _OF[tncc] + name


def at(name: str, tncc: int) -> str:
    """Bind « à » to a name stored without its article: `at("préfecture", LA)` is « à la préfecture »."""
    return _AT[tncc] + name


def guess_tncc(name: str) -> int:
    """Tell the TNCC of a name that the official list gives without one, or wrongly as bare."""
    for tncc, article in _ARTICLES.items():
        if name.startswith(article):
            return tncc
    return VOWEL if name[:1].upper() in _VOWELS else BARE


def without_contracting_article(name: str, tncc: int) -> tuple[str, int]:
    """Split a commune's name, stored with its article: only Le and Les contract; La and L' stay part of the name."""
    if tncc in (LE, LES):
        return name.removeprefix(_ARTICLES[tncc]), tncc
    return (name, VOWEL) if tncc in (VOWEL, AUX) else (name, BARE)


@dataclass(frozen=True)
class Phrase:
    """A noun with its article, ready for « de » and « à »."""

    text: str
    tncc: int

    @property
    def of(self) -> str:
        return of(self.text, self.tncc)

    @property
    def at(self) -> str:
        return at(self.text, self.tncc)

    @property
    def titled(self) -> str:
        return self.text[:1].upper() + self.text[1:]


@dataclass(frozen=True)
class StateOffice:
    """The representative of the State somewhere: the office (« préfecture du Jura ») and its holder."""

    phrase: Phrase
    holder: str  # « préfet du Jura »

    @property
    def name(self) -> str:
        return self.phrase.titled

    @property
    def de_name(self) -> str:
        return self.phrase.of

    @property
    def at_name(self) -> str:
        return self.phrase.at


_NORTHERN_ISLANDS = StateOffice(
    Phrase("préfecture déléguée de Saint-Barthélemy et de Saint-Martin", LA),
    "préfet délégué auprès du représentant de l'État dans les collectivités de Saint-Barthélemy et de Saint-Martin",
)
_POLYNESIA = StateOffice(
    Phrase("haut-commissariat de la République en Polynésie française", LE),
    "haut-commissaire de la République en Polynésie française",
)
_STATE_OFFICES = {
    "75": StateOffice(
        Phrase("préfecture de la région d'Île-de-France, préfecture de Paris", LA),
        "préfet de la région d'Île-de-France, préfet de Paris",
    ),
    "977": _NORTHERN_ISLANDS,
    "978": _NORTHERN_ISLANDS,
    "984": StateOffice(
        Phrase("administration supérieure des Terres australes et antarctiques françaises", ELIDED),
        "préfet, administrateur supérieur des Terres australes et antarctiques françaises",
    ),
    "986": StateOffice(
        Phrase("administration supérieure des îles Wallis et Futuna", ELIDED),
        "préfet, administrateur supérieur des îles Wallis et Futuna",
    ),
    "987": _POLYNESIA,
    "988": StateOffice(
        Phrase("haut-commissariat de la République en Nouvelle-Calédonie", LE),
        "haut-commissaire de la République en Nouvelle-Calédonie",
    ),
    "989": _POLYNESIA,
}


def departement_phrase(code: str, name: str, tncc: int) -> Phrase:
    """Give a département the article of its own acts: « de Vaucluse », « du Jura »."""
    return Phrase(name, _TNCC_OF_DEPARTEMENT.get(code, tncc))


def departement_prefecture(code: str, name: str, tncc: int) -> StateOffice:
    """Name the representative of the State in a département or an overseas collectivity."""
    place = departement_phrase(code, name, tncc).of
    return _STATE_OFFICES.get(code) or StateOffice(Phrase(f"préfecture {place}", LA), f"préfet {place}")


def region_prefecture(code: str, name: str, tncc: int) -> StateOffice:
    """Name the representative of the State in a région, as decrees of appointment do.

    They say « préfet de la région Bretagne » with no article, save « d'Île-de-France »; overseas and in Corsica the
    région has no name of its own.
    """
    if code in _OVERSEAS_REGIONS or code == "94":
        place = of(name, tncc)
    elif code == "11":
        place = f"de la région d'{name}"
    else:
        place = f"de la région {name}"
    return StateOffice(Phrase(f"préfecture {place}", LA), f"préfet {place}")


@dataclass(frozen=True)
class Designation:
    """How an authority, its assembly and its executive are named in an act."""

    full: Phrase
    assembly: Phrase
    executive: str  # « président »
    executive_full: str  # « président du conseil départemental du Jura »


def _designation(full: Phrase, assembly: Phrase, executive: str, of_what: str | None = None) -> Designation:
    return Designation(full, assembly, executive, f"{executive} {of_what or full.of}")


# Authorities whose names, assembly or executive follow no general rule; by uid. Source: code général des collectivités
# territoriales and organic laws, articles cited in `enums`.
_SPECIAL_DESIGNATIONS = {
    "commune:75056": _designation(Phrase("ville de Paris", LA), Phrase("Conseil de Paris", LE), "maire", "de Paris"),
    "departement:6AE": _designation(
        Phrase("Collectivité européenne d'Alsace", LA),
        Phrase("Conseil de la Collectivité européenne d'Alsace", LE),
        "président",
    ),
    "departement:975": _designation(
        Phrase("collectivité territoriale de Saint-Pierre-et-Miquelon", LA),
        Phrase("conseil territorial", LE),
        "président",
        "du conseil territorial de Saint-Pierre-et-Miquelon",
    ),
    "departement:977": _designation(
        Phrase("collectivité de Saint-Barthélemy", LA),
        Phrase("conseil territorial", LE),
        "président",
        "du conseil territorial de Saint-Barthélemy",
    ),
    "departement:978": _designation(
        Phrase("collectivité de Saint-Martin", LA),
        Phrase("conseil territorial", LE),
        "président",
        "du conseil territorial de Saint-Martin",
    ),
    "departement:986": _designation(
        Phrase("territoire des îles Wallis et Futuna", LE),
        Phrase("assemblée territoriale", ELIDED),
        "président",
        "de l'assemblée territoriale des îles Wallis et Futuna",
    ),
    "departement:987": _designation(
        Phrase("Polynésie française", LA), Phrase("assemblée de la Polynésie française", ELIDED), "président"
    ),
    "departement:988": _designation(
        Phrase("Nouvelle-Calédonie", LA),
        Phrase("congrès de la Nouvelle-Calédonie", LE),
        "président du gouvernement",
    ),
    "region:02": _designation(
        Phrase("collectivité territoriale de Martinique", LA),
        Phrase("assemblée de Martinique", ELIDED),
        "président du conseil exécutif",
        "de Martinique",
    ),
    "region:03": _designation(
        Phrase("collectivité territoriale de Guyane", LA), Phrase("assemblée de Guyane", ELIDED), "président"
    ),
    "region:04": _designation(
        Phrase("région Réunion", LA), Phrase("conseil régional", LE), "président", "du conseil régional de La Réunion"
    ),
    "region:06": _designation(
        Phrase("Département-Région de Mayotte", LE), Phrase("assemblée de Mayotte", ELIDED), "président"
    ),
    "region:94": _designation(
        Phrase("collectivité de Corse", LA),
        Phrase("Assemblée de Corse", ELIDED),
        "président du conseil exécutif",
        "de Corse",
    ),
}


def commune_designation(uid: str, name: str, tncc: int) -> Designation:
    """Name a commune in an act: « commune du Havre », « maire du Havre »."""
    place = of(*without_contracting_article(name, tncc))
    return _SPECIAL_DESIGNATIONS.get(uid) or _designation(
        Phrase(f"commune {place}", LA), Phrase("conseil municipal", LE), "maire", place
    )


_GROUPINGS = {
    "CC ": "communauté de communes ",
    "CA ": "communauté d'agglomération ",
    "CU ": "communauté urbaine ",
}


def epci_phrase(name: str) -> Phrase:
    """Name an EPCI in full from the abridged name of the list: « CU d'Arras » is « communauté urbaine d'Arras »."""
    for abbreviation, words in _GROUPINGS.items():
        if name.startswith(abbreviation):
            return Phrase(words + name.removeprefix(abbreviation), LA)
    if name.startswith("Métropole "):
        return Phrase(name, LA)
    return Phrase(name, ELIDED if name.startswith("Eurométropole ") else guess_tncc(name))


def epci_designation(name: str, *, is_metropolis: bool) -> Designation:
    """Name an EPCI in an act: its council, and « président de la Métropole de Lyon »."""
    council = "conseil de la métropole" if is_metropolis else "conseil communautaire"
    return _designation(epci_phrase(name), Phrase(council, LE), "président")


def departement_designation(uid: str, code: str, name: str, tncc: int) -> Designation:
    """Name a département in an act: « département du Jura », « président du conseil départemental du Jura »."""
    place = departement_phrase(code, name, tncc).of
    return _SPECIAL_DESIGNATIONS.get(uid) or _designation(
        Phrase(f"département {place}", LE),
        Phrase("conseil départemental", LE),
        "président",
        f"du conseil départemental {place}",
    )


def region_designation(uid: str, name: str, tncc: int) -> Designation:
    """Name a région in an act: « région Bretagne », « président du conseil régional de Bretagne »."""
    return _SPECIAL_DESIGNATIONS.get(uid) or _designation(
        Phrase(f"région {name}", LA),
        Phrase("conseil régional", LE),
        "président",
        f"du conseil régional {of(name, tncc)}",
    )
