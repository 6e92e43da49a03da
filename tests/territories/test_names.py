"""Every name takes the right article."""

import pytest

from territories import names
from territories.enums import METROPOLITAN_NATURES, LegalNature, StatisticalCategory
from territories.models import Departement, LocalAuthority, Region


def commune(name: str, tncc: int, code: str = "00000") -> LocalAuthority:
    return LocalAuthority(uid=f"commune:{code}", category=StatisticalCategory.COMMUNE, code=code, name=name, tncc=tncc)


def epci(name: str, nature: LegalNature = LegalNature.COMMUNAUTE_DE_COMMUNES) -> LocalAuthority:
    return LocalAuthority(category=StatisticalCategory.EPCI, legal_nature=nature, name=name, tncc=0)


@pytest.mark.parametrize(
    ("name", "tncc", "de_name", "at_name"),
    [
        ("Poitiers", names.BARE, "de Poitiers", "à Poitiers"),
        ("Autun", names.VOWEL, "d'Autun", "à Autun"),
        ("Œuilly", names.VOWEL, "d'Œuilly", "à Œuilly"),
        ("Hautefort", names.VOWEL, "d'Hautefort", "à Hautefort"),
        ("Hauteville", names.BARE, "de Hauteville", "à Hauteville"),
        ("Yutz", names.VOWEL, "d'Yutz", "à Yutz"),
        ("Le Havre", names.LE, "du Havre", "au Havre"),
        ("Le Mêle-sur-Sarthe", names.LE, "du Mêle-sur-Sarthe", "au Mêle-sur-Sarthe"),
        ("La Flèche", names.LA, "de La Flèche", "à La Flèche"),
        ("Les Lilas", names.LES, "des Lilas", "aux Lilas"),
        ("L'Haÿ-les-Roses", names.ELIDED, "de L'Haÿ-les-Roses", "à L'Haÿ-les-Roses"),
        ("Aux Marais", names.AUX, "d'Aux Marais", "à Aux Marais"),
        ("Los Masos", names.LOS, "de Los Masos", "à Los Masos"),
    ],
)
def test_commune_takes_the_article_of_its_name(name: str, tncc: int, de_name: str, at_name: str) -> None:
    authority = commune(name, tncc)

    assert (authority.de_name, authority.at_name) == (de_name, at_name)
    assert authority.full_name == f"Commune {de_name}"
    assert authority.executive_full_title == f"maire {de_name}"
    assert authority.de_assembly == "du conseil municipal"


@pytest.mark.parametrize(
    ("code", "name", "tncc", "prefecture", "holder"),
    [
        ("01", "Ain", names.ELIDED, "Préfecture de l'Ain", "préfet de l'Ain"),
        ("28", "Eure-et-Loir", names.VOWEL, "Préfecture d'Eure-et-Loir", "préfet d'Eure-et-Loir"),
        ("39", "Jura", names.LE, "Préfecture du Jura", "préfet du Jura"),
        ("44", "Loire-Atlantique", names.LA, "Préfecture de la Loire-Atlantique", "préfet de la Loire-Atlantique"),
        ("40", "Landes", names.LES, "Préfecture des Landes", "préfet des Landes"),
        ("71", "Saône-et-Loire", names.BARE, "Préfecture de Saône-et-Loire", "préfet de Saône-et-Loire"),
        ("84", "Vaucluse", names.LE, "Préfecture de Vaucluse", "préfet de Vaucluse"),
        ("41", "Loir-et-Cher", names.LE, "Préfecture de Loir-et-Cher", "préfet de Loir-et-Cher"),
        ("974", "La Réunion", names.BARE, "Préfecture de La Réunion", "préfet de La Réunion"),
        (
            "75",
            "Paris",
            names.BARE,
            "Préfecture de la région d'Île-de-France, préfecture de Paris",
            "préfet de la région d'Île-de-France, préfet de Paris",
        ),
        (
            "975",
            "Saint-Pierre-et-Miquelon",
            names.BARE,
            "Préfecture de Saint-Pierre-et-Miquelon",
            "préfet de Saint-Pierre-et-Miquelon",
        ),
        (
            "977",
            "Saint-Barthélemy",
            names.BARE,
            "Préfecture déléguée de Saint-Barthélemy et de Saint-Martin",
            names.departement_prefecture("978", "Saint-Martin", names.BARE).holder,
        ),
        (
            "986",
            "Wallis et Futuna",
            names.BARE,
            "Administration supérieure des îles Wallis et Futuna",
            "préfet, administrateur supérieur des îles Wallis et Futuna",
        ),
        (
            "987",
            "Polynésie française",
            names.BARE,
            "Haut-commissariat de la République en Polynésie française",
            "haut-commissaire de la République en Polynésie française",
        ),
        (
            "988",
            "Nouvelle-Calédonie",
            names.BARE,
            "Haut-commissariat de la République en Nouvelle-Calédonie",
            "haut-commissaire de la République en Nouvelle-Calédonie",
        ),
    ],
)
def test_departement_names_the_representative_of_the_state(
    code: str, name: str, tncc: int, prefecture: str, holder: str
) -> None:
    departement = Departement(code=code, name=name, tncc=tncc)

    assert (departement.prefecture_name, departement.prefecture.holder) == (prefecture, holder)


def test_state_office_binds_to_prepositions() -> None:
    jura = Departement(code="39", name="Jura", tncc=names.LE).prefecture
    caledonia = Departement(code="988", name="Nouvelle-Calédonie", tncc=names.BARE).prefecture
    wallis = Departement(code="986", name="Wallis et Futuna", tncc=names.BARE).prefecture

    assert (jura.de_name, jura.at_name) == ("de la préfecture du Jura", "à la préfecture du Jura")
    assert caledonia.de_name == "du haut-commissariat de la République en Nouvelle-Calédonie"
    assert caledonia.at_name == "au haut-commissariat de la République en Nouvelle-Calédonie"
    assert Departement(code="978", name="Saint-Martin", tncc=names.BARE).prefecture.holder == (
        "préfet délégué auprès du représentant de l'État dans les collectivités de Saint-Barthélemy et de Saint-Martin"
    )
    assert wallis.at_name == "à l'administration supérieure des îles Wallis et Futuna"


@pytest.mark.parametrize(
    ("code", "name", "tncc", "de_name", "prefecture"),
    [
        (
            "75",
            "Nouvelle-Aquitaine",
            names.LA,
            "de la Nouvelle-Aquitaine",
            "Préfecture de la région Nouvelle-Aquitaine",
        ),
        ("11", "Île-de-France", names.VOWEL, "d'Île-de-France", "Préfecture de la région d'Île-de-France"),
        ("53", "Bretagne", names.BARE, "de Bretagne", "Préfecture de la région Bretagne"),
        ("32", "Hauts-de-France", names.LES, "des Hauts-de-France", "Préfecture de la région Hauts-de-France"),
        (
            "24",
            "Centre-Val de Loire",
            names.LE,
            "du Centre-Val de Loire",
            "Préfecture de la région Centre-Val de Loire",
        ),
        ("94", "Corse", names.BARE, "de Corse", "Préfecture de Corse"),
        ("02", "Martinique", names.LA, "de la Martinique", "Préfecture de la Martinique"),
    ],
)
def test_region_names_its_prefecture(code: str, name: str, tncc: int, de_name: str, prefecture: str) -> None:
    region = Region(code=code, name=name, tncc=tncc)

    assert (region.de_name, region.prefecture_name) == (de_name, prefecture)


@pytest.mark.parametrize(
    ("name", "nature", "full_name", "de_name", "assembly"),
    [
        (
            "CC du Clunisois",
            LegalNature.COMMUNAUTE_DE_COMMUNES,
            "Communauté de communes du Clunisois",
            "de la communauté de communes du Clunisois",
            "conseil communautaire",
        ),
        (
            "CU d'Arras",
            LegalNature.COMMUNAUTE_URBAINE,
            "Communauté urbaine d'Arras",
            "de la communauté urbaine d'Arras",
            "conseil communautaire",
        ),
        (
            "Bordeaux Métropole",
            LegalNature.METROPOLE,
            "Bordeaux Métropole",
            "de Bordeaux Métropole",
            "conseil de la métropole",
        ),
        (
            "Orléans Métropole",
            LegalNature.METROPOLE,
            "Orléans Métropole",
            "d'Orléans Métropole",
            "conseil de la métropole",
        ),
        (
            "Eurométropole de Strasbourg",
            LegalNature.METROPOLE,
            "Eurométropole de Strasbourg",
            "de l'Eurométropole de Strasbourg",
            "conseil de la métropole",
        ),
        (
            "Métropole de Lyon",
            LegalNature.COLLECTIVITE_A_STATUT_PARTICULIER,
            "Métropole de Lyon",
            "de la Métropole de Lyon",
            "conseil de la métropole",
        ),
    ],
)
def test_epci_is_named_in_full(name: str, nature: LegalNature, full_name: str, de_name: str, assembly: str) -> None:
    authority = epci(name, nature)

    assert (authority.full_name, authority.de_name, authority.assembly) == (full_name, de_name, assembly)
    assert authority.executive_full_title == f"président {de_name}"
    assert (nature in METROPOLITAN_NATURES) == (assembly == "conseil de la métropole")


@pytest.mark.parametrize(
    ("category", "code", "name", "tncc", "full_name", "executive", "assembly"),
    [
        ("commune", "75056", "Paris", 0, "Ville de Paris", "maire de Paris", "Conseil de Paris"),
        (
            "departement",
            "39",
            "Jura",
            names.LE,
            "Département du Jura",
            "président du conseil départemental du Jura",
            "conseil départemental",
        ),
        (
            "departement",
            "6AE",
            "Collectivité européenne d'Alsace",
            names.LA,
            "Collectivité européenne d'Alsace",
            "président de la Collectivité européenne d'Alsace",
            "Conseil de la Collectivité européenne d'Alsace",
        ),
        (
            "region",
            "53",
            "Bretagne",
            names.BARE,
            "Région Bretagne",
            "président du conseil régional de Bretagne",
            "conseil régional",
        ),
        (
            "region",
            "94",
            "Corse",
            names.BARE,
            "Collectivité de Corse",
            "président du conseil exécutif de Corse",
            "Assemblée de Corse",
        ),
        (
            "region",
            "06",
            "Mayotte",
            names.BARE,
            "Département-Région de Mayotte",
            "président du Département-Région de Mayotte",
            "assemblée de Mayotte",
        ),
    ],
)
def test_authority_names_its_executive_and_assembly(
    category: str, code: str, name: str, tncc: int, full_name: str, executive: str, assembly: str
) -> None:
    authority = LocalAuthority(uid=f"{category}:{code}", category=category, code=code, name=name, tncc=tncc)

    assert authority.full_name == full_name
    assert authority.executive_full_title == executive
    assert authority.assembly == assembly
