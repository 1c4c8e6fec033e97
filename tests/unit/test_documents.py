"""What the documents point to is there, and what the code cites of them."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(
    path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")
)
DOCUMENTS = [
    path
    for pattern in ("README.md", "*/README.md", "services/**/README.md", "docs/**/*.md")
    for path in sorted(ROOT.glob(pattern))
    if not path.relative_to(ROOT).parts[0].startswith(".")
]
CITATION = re.compile(
    r"domain\.md,[\s#]+sections? (\d+)(?: to (\d+))?(?: and (\d+))?"
    r"(?:, steps? (\d+)(?:(?: to| and) (\d+))?)?"
)


def test_every_relative_link_leads_to_a_file() -> None:
    """Whoever follows a link of a document finds what it promises."""
    assert _missing(_links()) == []


def test_every_path_that_a_document_names_exists() -> None:
    """A moved or renamed file takes along the documents that send a reader to it."""
    assert _missing(_named_paths()) == []


def test_every_citation_of_the_domain_names_a_section_that_it_has() -> None:
    """A docstring that gives its source as a section of domain.md has one."""
    page = (ROOT / "docs/domain.md").read_text(encoding="utf-8")
    sections = set(map(int, re.findall(r"^## (\d+)\. ", page, re.MULTILINE)))
    steps = set(map(int, re.findall(r"^\*\*Step (\d+), ", page, re.MULTILINE)))
    wrong = [
        f"{path.relative_to(ROOT)}: {citation}"
        for path in _sources()
        for citation in re.findall(r"domain\.md,[\s#]+[^.;:)`]*", path.read_text(encoding="utf-8"))
        if not _is_true(citation, sections, steps)
    ]

    assert wrong == []


def test_every_citation_of_the_architecture_names_a_heading_that_it_has() -> None:
    """A docstring that gives its source as a part of architecture.md has one."""
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    cited = {
        heading
        for path in _sources()
        for heading in re.findall(r'architecture\.md, "([^"]+)"', path.read_text(encoding="utf-8"))
    }

    assert {one for one in cited if f"## {one}\n" not in page} == set()


def _links() -> Iterator[tuple[Path, str, Path]]:
    """Document, link and the path it leads to, without those to other sites and within a page."""
    for document in DOCUMENTS:
        for link in re.findall(r"\]\(([^)\s]+)\)", _prose(document)):
            path = link.partition("#")[0]
            if path and "://" not in path:
                yield document, link, document.parent / path


def _named_paths() -> Iterator[tuple[Path, str, Path]]:
    """Document, backticked path and where it is; without those that hold a placeholder."""
    folders = "|".join(map(re.escape, FOLDERS))
    for document in DOCUMENTS:
        for path in re.findall(rf"`((?:{folders})/[^`\s<>{{}}*…]*)`", _prose(document)):
            yield document, path, ROOT / path


def _missing(pointers: Iterable[tuple[Path, str, Path]]) -> list[str]:
    found = list(pointers)
    assert found, "nothing was looked at"
    return [f"{doc.relative_to(ROOT)}: {name}" for doc, name, path in found if not path.exists()]


def _prose(document: Path) -> str:
    """The text of a document without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def _sources() -> Iterator[Path]:
    """The files of the project that may cite a document."""
    yield from ROOT.glob("*.md")
    for folder in FOLDERS:
        for suffix in ("py", "rego", "json", "md"):
            yield from (ROOT / folder).rglob(f"*.{suffix}")


def _is_true(citation: str, sections: set[int], steps: set[int]) -> bool:
    """Whether a citation (`domain.md, section 4, step 2`) names what the page has."""
    match = CITATION.match(citation)
    if match is None:
        return False
    section, last, other, *named_steps = (int(one) if one else None for one in match.groups())
    assert section is not None
    named = {*range(section, (last or section) + 1)} | {one for one in (other,) if one}
    return named <= sections and {one for one in named_steps if one} <= steps
