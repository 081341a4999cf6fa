"""`verify.html` from the disk, in a real browser: with the browser's own cryptography and with its own."""

import zipfile

import pytest

from tests.audits.conftest import key_of, package

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("own", [False, True])
def test_the_page_verifies_what_is_untouched_and_names_what_is_not(judged, fernhill, tmp_path, browser, own) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(package(fernhill))
    with zipfile.ZipFile(path) as archive:
        page_file = tmp_path / "verify.html"
        page_file.write_bytes(archive.read("verify.html"))
        altered = tmp_path / "altered.zip"
        with zipfile.ZipFile(altered, "w", zipfile.ZIP_DEFLATED) as other:
            for name in archive.namelist():
                data = archive.read(name)
                other.writestr(name, data.replace(b'"outcome": "fail"', b'"outcome": "pass"') if name.startswith("verdicts/") else data)
    context = browser.new_context()
    try:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        if own:  # a browser that gives pages from the disk no cryptography
            page.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
        page.goto(page_file.as_uri())
        for file, key, said in (
            (path, key_of(fernhill), "OK: "),
            (altered, key_of(fernhill), "verdicts/verdicts.jsonl: it was altered"),
            (path, key_of(fernhill)[:-2] + "A=", "The key: "),
        ):
            page.set_input_files("#file", str(file))
            page.fill("#key", key)
            page.click("button")
            page.wait_for_function("document.getElementById('said').className", timeout=30_000)
            assert said in page.inner_text("#said")
            page.evaluate("document.getElementById('said').className = ''")
        assert errors == []
    finally:
        context.close()
