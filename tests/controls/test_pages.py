"""Pages of controls and their export: hostile words stay words."""

import csv
import io
import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from controls.models import Control
from controls.views.controls import harmless
from evidence.models import Subject
from tests.conftest import arranging
from tests.home.programme import programme

SCRIPT = "<script>alert(1)</script>"


def test_the_export_is_streamed_and_holds_no_formula(fernhill, priya, browser_of):
    programme(fernhill, ["AC-07", "AC-02"], looks=2)
    with arranging(fernhill):
        Control.objects.filter(code="AC-07").update(title='=HYPERLINK("http://evil.example")')
    answer = browser_of(priya).get("/fernhill/controls.csv")
    assert answer.streaming
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    cells = [cell for row in rows for cell in row]
    assert len(rows) == 3
    assert '\'=HYPERLINK("http://evil.example")' in cells
    assert not any(cell[:1] in ("=", "+", "@") for cell in cells)


def test_each_beginning_of_a_formula_is_disarmed():
    assert [harmless(each + "1") for each in "=+-@\t\r"] == ["'" + each + "1" for each in "=+-@\t\r"]
    assert harmless("plain") == "plain"


def test_script_in_a_name_is_shown_as_words(fernhill, priya, browser_of):
    programme(fernhill, ["AC-07"], looks=2)
    with arranging(fernhill):
        subject = Subject.objects.filter(stream__kind="account").first()
        Subject.objects.filter(pk=subject.pk).update(name=SCRIPT)
        Control.objects.update(title=SCRIPT * 7)
    client = browser_of(priya)
    for path in ("", "controls/", "controls/AC-07/", "checks/aws.iam.console_user_mfa/?show=passing", f"subjects/{subject.pk}/"):
        assert SCRIPT not in client.get(f"/fernhill/{path}").content.decode(), path
    assert "&lt;script&gt;alert(1)" in client.get(f"/fernhill/subjects/{subject.pk}/").content.decode()


def test_a_list_of_three_hundred_controls_is_paged_without_loss_and_asks_no_more(fernhill, priya, browser_of):
    programme(fernhill, ["AC-07"], looks=2)
    with arranging(fernhill):
        known = Control.objects.get()
        fields = {
            field.attname: getattr(known, field.attname) for field in Control._meta.concrete_fields if field.attname not in ("id", "code")
        }
        Control.objects.bulk_create([Control(code=f"ZZ-{number:03}", **fields) for number in range(299)])
    client = browser_of(priya)
    client.get("/fernhill/controls/?sort=code")
    with CaptureQueriesContext(connection) as taken:
        client.get("/fernhill/controls/?sort=code")
    assert len(taken) <= 7
    seen, cursor = [], ""
    for _page in range(6):
        page = client.get(f"/fernhill/controls/?sort=code&cursor={cursor}").content.decode()
        seen += re.findall(r'name="pick" value="([A-Z]+-\d+)"', page)
        cursor = seen[-1]
    assert seen == ["AC-07", *(f"ZZ-{number:03}" for number in range(299))]
    assert "cursor=" not in page.split("</table>")[-1]
    assert "300 of 300 controls need you" in page or "299 of 300 controls need you" in page
