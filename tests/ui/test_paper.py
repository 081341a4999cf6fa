import re
from pathlib import Path

import pytest
from weasyprint import HTML

from compliance.ui import samples
from compliance.ui.pictures.paper import INK, on_paper
from compliance.ui.pictures.sparkline import sparkline
from compliance.ui.pictures.strip import strip
from tests.ui.svg_reading import parsed

CSS = Path(__file__).parents[2] / "compliance" / "ui" / "static" / "ui" / "css"


def light_values() -> dict[str, str]:
    usual = (CSS / "tokens.css").read_text().split("@media")[0]
    return dict(re.findall(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]+), #[0-9a-f]+\)", usual))


def test_the_colours_on_paper_are_the_light_values_of_the_tokens():
    light = light_values()
    assert {name: light[name] for name in INK} == INK


def test_the_print_tokens_are_the_light_values_of_all_tokens():
    printed = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]+);", (CSS / "tokens-print.css").read_text()))
    assert printed == light_values()


def test_a_picture_on_paper_carries_its_colours_and_textures():
    text = on_paper(strip(samples.CONTROL, samples.SCALE.start, samples.SCALE.end, now=samples.NOW.timestamp()), width=480)
    root = parsed(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg" and root.get("width") == "480"
    assert ".s-met{fill:#2a8a5f}" in text and 'id="hatch"' in text
    assert "var(" not in text and not re.search(r"[:{][A-Z]+-MARK", text)


def test_even_an_empty_picture_can_be_put_on_paper():
    assert parsed(on_paper(sparkline([]))).get("aria-label") == "no values yet"


def test_only_pictures_are_put_on_paper():
    with pytest.raises(ValueError, match="Only a picture"):
        on_paper("<p>no</p>")


def test_the_pdf_engine_draws_every_picture_of_the_guide():
    drawn = [value for value in samples.guide().values() if hasattr(value, "svg")]
    assert len(drawn) >= 6
    pdf = HTML(string="".join(f"<div>{on_paper(picture)}</div>" for picture in drawn)).write_pdf()
    assert pdf.startswith(b"%PDF") and len(pdf) > 5000
