"""Downloads from the export page, in a real browser."""

import zipfile

import pytest

from projection.corrections.store import Store
from projection.pipeline import Setup, Task
from projection.settings import settings
from projection.text.tokenize import tokenize
from projection.types import Entity, Span
from tests.browser.conftest import PATIENCE
from tests.browser.waiting import at_rest, becomes, expect

HOSTILE = "<img src=x onerror=alert(1)>"
SETUP = Setup("en", "de", translator="dictionary", recognizer="rules", aligner="diagonal", methods=("heuristic",))


def test_several_formats_come_as_one_zip_and_markup_stays_text(page, server, monkeypatch, tmp_path):
    monkeypatch.setenv("PROJECTION_HOME", str(server.home))
    source = tokenize("Ann left Rome .", "en").with_entities([Entity(Span(0, 1), HOSTILE)])
    task = Task(source, tokenize("Ann verlie\u00df Rom .", "de"), labelled=True)
    number = Store(settings().database).create_project(HOSTILE, SETUP, [task])
    page.goto(f"{server.url}/export?project={number}&s=1", wait_until="domcontentloaded")
    page.get_by_text("Check before download").wait_for()
    for name in ("JSONL", "Parquet", "spaCy DocBin", "Label Studio", "INCEpTION, WebAnno", "Word links"):
        page.locator("label", has_text=name).click()
        expect(page.locator("label", has_text=name).locator("input")).to_be_checked()
        at_rest(page)
    button = page.get_by_role("button", name="Download ZIP, 9 files")
    button.wait_for()
    expect(page.locator(".file", has_text=HOSTILE).first).to_be_visible()
    at_rest(page)
    with page.expect_download() as started:
        button.click()
    path = tmp_path / "out.zip"
    started.value.save_as(path)
    assert started.value.suggested_filename == "img-src-x-onerror-alert-1-export.zip"
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None and len(archive.namelist()) == 9
    (conll,) = [name for name in archive.namelist() if name.endswith(".conll")]
    assert archive.read(conll).decode() == f"Ann\tB-{HOSTILE}\nverlie\u00df\tO\nRom\tO\n.\tO\n\n"


@pytest.mark.parametrize(("scheme", "colour"), [("dark", "rgb(177, 172, 255)"), ("light", "rgb(80, 70, 214)")])
def test_what_is_chosen_has_the_colour_that_can_be_read(chromium, server, monkeypatch, scheme, colour):
    """Streamlit's own on a dark page has 3.7 to 1; tests/views/test_palette.py has the figures for this one."""
    monkeypatch.setenv("PROJECTION_HOME", str(server.home))
    task = Task(tokenize("Ann left .", "en"), tokenize("Ann ging .", "de"), labelled=True)
    number = Store(settings().database).create_project("Chosen", SETUP, [task])
    context = chromium.new_context(color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/export?project={number}&s=1", wait_until="domcontentloaded")
    page.get_by_text("Check before download").wait_for()
    chosen = page.locator("[data-testid=stButtonGroup] [aria-checked=true] p")
    chosen.nth(1).wait_for()
    at_rest(page)
    colours = "all => [...new Set(all.map((node) => getComputedStyle(node).color))]"
    becomes(lambda: chosen.evaluate_all(colours), [colour])
    context.close()
