"""What the documents say of the code is true: paths, names, words."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from services.translation import CATALOGUES, LANGUAGES, SOURCE_LANGUAGE, Words
from services.watch.words import DATA_FLOW_NAMES

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/glossary.md", "docs/decisions.md")
FLOORS = (
    "app.py",
    "bench",
    "data",
    "docs",
    "injixo_app",
    "locales",
    "pages",
    "services",
    "simulator",
    "tests",
)
PATH = re.compile(rf"(?<![\w./-])(app\.py\b|(?:{'|'.join(FLOORS)})/[\w./-]*)")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
NOT_THERE = {
    "data/var/stillwatch.duckdb",  # made when it is run
    "locales/it.po",  # the recipe's example of what is to be made
}
VERBS = {"Contact injixo support and attach the support bundle.", "Data flows again"}
"""Texts in which a word of the glossary is a verb."""

STEMS = {
    "Vorfall": "Vorf",
    "Nachholen": "Nachhol",
    "Kanal": "Kan",
    "file source": "file",
    "clé API": "clé",
    "clé API injixo": "API injixo",
    "signe de vie": "signe",
    "jour de fermeture": "fermeture",
    "dossier de support": "de support",
    "canal": "cana",
}
"""What stays of words that change within, or lose their end."""

Named = tuple[str, str]


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def paths_named() -> Iterator[Named]:
    """Yield (document, path) for every path of ours, and for every link."""
    for document in DOCUMENTS:
        text = text_of(document)
        for path in PATH.findall(text):
            if path.rstrip(".") not in NOT_THERE:
                yield document, path.rstrip(".")
        for link in LINK.findall(text):
            yield document, str((ROOT / document).parent.joinpath(link).resolve().relative_to(ROOT))


def rows_of(document: str, heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its head."""
    section = re.split(r"^#+ ", text_of(document), flags=re.MULTILINE)
    body = next(part for part in section if part.startswith(heading))
    rows = [line for line in body.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def functions_named() -> list[Named]:
    """Return (path, name) wherever a recipe says "`name` of `path`", "in `path`" or "`path`, `name()`"."""
    text = text_of("CONTRIBUTING.md")
    name, path = r"`(\w+)(?:\(\))?`", r"`([\w/]+\.py)`"
    found = [(file, word) for word, file in re.findall(rf"{name} (?:of|in) {path}", text)]
    return found + re.findall(rf"{path}, `(\w+)\(\)`", text)


@pytest.mark.parametrize(("document", "path"), sorted(set(paths_named())))
def test_every_path_that_a_document_names_exists(document: str, path: str) -> None:
    assert (ROOT / path).exists(), f"{document} names {path}"


def test_the_documents_name_paths_at_all() -> None:
    named = {document for document, _ in paths_named()}
    assert named == set(DOCUMENTS)
    assert len(set(paths_named())) > 80


@pytest.mark.parametrize(("path", "name"), sorted(set(functions_named())))
def test_every_name_that_a_recipe_gives_stands_in_its_file(path: str, name: str) -> None:
    assert re.search(rf"\b{name}\b", text_of(path)), f"{name} is not in {path}"


def test_recipes_give_names_at_all() -> None:
    assert len(set(functions_named())) > 15


def test_every_command_of_make_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^(\w+):", text_of("Makefile"), re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md"):
        assert set(re.findall(r"(?:`|^|&& )make (\w+)", text_of(document), re.MULTILINE)) - targets == set()


TRANSLATED = sorted(set(LANGUAGES) - {SOURCE_LANGUAGE})


def terms(heading: str) -> list[tuple[str, str, str]]:
    """Return (language, word, its translation) of a table of the glossary, a column for each language."""
    rows = rows_of("docs/glossary.md", heading)
    assert all(len(row) == len(TRANSLATED) + 2 for row in rows)
    return [
        (language, word.strip("`"), translated)
        for word, *translations, _ in rows
        for language, translated in zip(TRANSLATED, translations, strict=True)
    ]


@pytest.mark.parametrize(("language", "word", "translated"), terms("Glossary"))
def test_the_interface_speaks_each_language_as_the_glossary_does(
    language: str, word: str, translated: str
) -> None:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    english = re.compile(rf"(?<![\w{{-]){re.escape(word)}s?(?![\w}}-])", re.IGNORECASE)
    said = [
        (" ".join([entry.id] if isinstance(entry.id, str) else entry.id), entry.string)
        for entry in catalogue
        if entry.id
    ]
    wrong = [
        (text, told)
        for text, told in said
        if english.search(text) and text not in VERBS and not speaks(told, translated)
    ]
    assert wrong == []


def speaks(told: str | Sequence[str] | None, translated: str) -> bool:
    forms = [told] if isinstance(told, str) else told or [""]
    return all(STEMS.get(translated, translated).casefold() in form.casefold() for form in forms)


def test_the_glossary_names_every_state_as_the_interface_does() -> None:
    assert set(terms("States")) == {
        (language, state, Words(language).text(name))
        for language in TRANSLATED
        for state, name in DATA_FLOW_NAMES.items()
    }
