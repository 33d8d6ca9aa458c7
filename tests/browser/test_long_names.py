"""What people and systems call things may have no space in it: no page becomes wider than a phone for it."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
NAME = "Nameofameasurethatsomesystemwroteinonewordwithoutanyspaceatall" * 2
PAGE = f"""
<html lang="en"><title>A page</title><body class="tg-signed-in"><main class="tg-main">
<h1>{NAME}</h1><p class="tg-why">On the journey <a href="#">{NAME}</a></p>
<div class="tg-columns"><section class="tg-party"><h2>{NAME}</h2><p class="tg-party-says">{NAME}</p></section></div>
<ul class="tg-lines"><li><a class="tg-grow" href="#">{NAME}</a></li>
  <li><a href="#">{NAME}</a><span class="tg-aside">leads to {NAME}</span></li></ul>
<div class="tg-scroll"><table class="table tg-table tg-stack"><tbody>
  <tr><th scope="row">{NAME}</th><td data-label="Against its target">{NAME}</td></tr></tbody></table></div>
</main></body></html>
"""


@pytest.mark.xdist_group("pages")
def test_a_name_without_a_space_makes_no_page_wider_than_a_phone(chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 800})
    page.set_content(PAGE)
    for sheet in ("truthgov.css", "components.css", "governance.css", "forums.css", "cases.css"):
        page.add_style_tag(content=(Path(settings.BASE_DIR) / "static" / sheet).read_text())
    wide, label = page.evaluate(
        """() => [document.documentElement.scrollWidth,
                  getComputedStyle(document.querySelector("td"), "::before").overflowWrap]"""
    )
    page.close()
    assert (wide, label) == (390, "normal")
