"""Every page stands in the frame of app.py."""

from pathlib import Path

import pytest

from tests.pages.conftest import APP, html

PAGES = sorted(path.stem for path in (Path(APP).parent / "pages").glob("*.py"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opened_first_has_the_style_and_menu_of_the_app(app, name):
    """Streamlit runs the pages of a folder pages/ on their own until st.navigation was called."""
    app.switch_page(f"pages/{name}.py").run()
    assert not app.exception
    assert "<style>" in html(app)
