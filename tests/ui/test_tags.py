import datetime as dt

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils.safestring import mark_safe

from compliance.ui.pictures.picture import DataTable, Picture
from compliance.ui.pictures.ruler import Ruler
from compliance.ui.pictures.scale import Scale
from compliance.ui.sprite import ICONS
from compliance.ui.states import NAMES, state_of

SINCE = dt.datetime(2026, 7, 11, 22, 42, tzinfo=dt.UTC)
RULER = Ruler("Type 2", Scale(dt.date(2025, 10, 1), dt.date(2026, 9, 30)), now=dt.datetime(2026, 7, 15, 14, tzinfo=dt.UTC).timestamp())
HOSTILE = "\"><script>alert('x')</script>"


def written(source: str, **context: object) -> str:
    return Template("{% load plumbline %}" + source).render(Context(context)).strip()


# ------------------------------------------------------------ states


@pytest.mark.parametrize("name", NAMES)
def test_a_state_is_said_with_icon_word_and_colour(name):
    text = written("{% health state %}", state=name)
    state = state_of(name)
    assert f"health--{state.css}" in text and f"#i-{state.icon}" in text and state.now in text


def test_a_state_says_since_when_in_the_readers_zone_with_the_utc_instant():
    text = written("{% health 'failed' since=since large=True zone='Europe/Berlin' %}", since=SINCE)
    assert "Failing since 12 Jul 2026" in text
    assert 'title="since 2026-07-11T22:42:00Z"' in text
    assert "health--large" in text


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("'failed' age=345600", "Failing 4\u202fd"),
        ("'waived' until=until", "Waived to 31 Aug"),
        ("'waived' until=until large=True", "Failing, waived until 31 Aug 2026"),
        ("'failed' note='2 of 64'", "Failing: 2 of 64"),
        ("'met' word='Performed'", "Performed"),
        ("'failed' past=True", "Failed"),
    ],
)
def test_words_of_a_state(call, words):
    assert f"</svg>{words}</span>" in written("{% health " + call + " %}", until=dt.date(2026, 8, 31))


def test_a_legend_lists_all_five_states_in_the_order_of_figures():
    text = written("{% legend %}")
    positions = [text.index(word) for word in ("Met", ">Failed<", "Failed, waived", "Not observed", "No occurrence")]
    assert positions == sorted(positions)
    assert written("{% legend 'met failed' %}").count("<li>") == 2


def test_a_severity_has_a_word_and_an_unknown_one_is_refused():
    assert "Critical" in written("{% severity 'critical' %}")
    with pytest.raises(ValueError, match="critical, high, medium, low, info"):
        written("{% severity 'catastrophic' %}")


def test_an_icon_is_decoration_unless_it_has_a_name():
    assert written("{% icon 'bell' %}") == '<svg class="icon" aria-hidden="true"><use href="#i-bell"/></svg>'
    assert 'role="img" aria-label="Failing"' in written("{% icon 'failed' label='Failing' %}")
    with pytest.raises(ValueError, match="Unknown icon"):
        written("{% icon 'unicorn' %}")


def test_the_sprite_holds_every_icon_and_both_textures():
    text = written("{% icon_sprite %}")
    assert text.count("<symbol") == len(ICONS)
    assert 'id="hatch"' in text and 'id="stripes"' in text


# ------------------------------------------------------------ time and figures


def test_an_instant_keeps_utc_in_datetime_and_title():
    text = written("{% instant since 'Europe/Berlin' %}", since=SINCE)
    assert text == '<time datetime="2026-07-11T22:42:00Z" title="2026-07-11T22:42:00Z">12 Jul 2026, 00:42 CEST</time>'


def test_without_a_zone_the_readers_current_one_is_used(settings):
    settings.TIME_ZONE = "America/New_York"
    assert "18:42 EDT" in written("{% instant since %}", since=SINCE)


def test_no_instant_and_no_day_are_dashes():
    assert written("{% instant nothing %}{% day nothing %}", nothing=None).count("–") == 2


def test_a_day_is_not_an_instant():
    assert written("{% day day year=False %}", day=dt.date(2026, 7, 11)) == '<time datetime="2026-07-11">11 Jul</time>'
    with pytest.raises(ValueError, match="needs a zone"):
        written("{% day since %}", since=SINCE)


def test_figures_durations_and_shares():
    assert written("{% figure n 'rows' %}", n=25986) == "25,986\u202frows"
    assert written("{{ n|figure }}", n=1842) == "1,842"
    assert written("{% duration s %}", s=dt.timedelta(days=4, hours=5)) == "4\u202fd 5\u202fh"
    assert written("{% percent 1 8 %}") == "12.5\u202f%"
    assert written("{% days a b %}", a=dt.date(2026, 1, 1), b=dt.date(2026, 1, 31)) == "1 Jan – 31 Jan 2026"


# ------------------------------------------------------------ small pieces


def test_a_digest_shows_both_its_ends_and_keeps_the_whole():
    whole = "55d91a3561684b32df5e58a0d91968b93798af4f924bba383e1c98625ec0c834"
    expected = f'<span class="digest" title="sha256:{whole}"><b>55d91a35</b>…c0c834</span>'
    assert written("{% digest d %}", d=whole) == expected
    assert written("{% digest d %}", d=f"sha256:{whole}") == expected
    assert written("{% digest d %}", d=bytes.fromhex(whole)) == expected
    assert whole in written("{% digest d whole=True %}", d=whole).split(">")[1]


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Priya Natarajan", "PN"), ("Hanneke van Achterberg", "HA"), ("Élodie", "É"), ("李 小龍", "李小"), ("<b>x", "B"), ("!!", "?")],
)
def test_initials_are_the_first_letters_of_the_first_and_last_word(name, letters):
    assert f">{letters}</span>" in written("{% avatar name %}", name=name)


def test_nobody_is_a_dashed_circle_with_words():
    assert 'aria-label="No owner"' in written("{% avatar '' %}")
    assert "No owner" in written("{% person nobody %}", nobody=None)


def test_a_person_is_read_once():
    text = written("{% person 'Tom Okafor' note='platform' %}")
    assert text.count("Tom Okafor") == 1 and 'aria-hidden="true">TO<' in text and "platform" in text


def test_tags_are_words_or_links():
    assert written("{% tags items %}", items=["CC6.1", ("AC-07", "/c/7")]) == (
        '<span class="tags"><span class="tag">CC6.1</span><a class="tag" href="/c/7">AC-07</a></span>'
    )


def test_a_diff_leaves_an_empty_side_out_but_not_a_zero():
    assert written("{% diff 0 5 %}") == '<div class="diff"><del>0</del><ins>5</ins></div>'
    assert written("{% diff '' 5 %}") == '<div class="diff"><ins>5</ins></div>'


def test_a_stat_leads_to_its_rows_and_compares():
    text = written("{% stat 'Failed' 1204 unit='d' than='6 on 1 July' url='/rows' state='failed' %}")
    assert '<a href="/rows">1,204</a> <small>d</small>' in text
    assert "6 on 1 July" in text and "s-failed" in text


@pytest.mark.parametrize(("done", "total", "width"), [(1204, 2310, "52.12"), (5, 0, "0"), (9, 3, "100"), (-1, 3, "0")])
def test_progress_never_leaves_its_track(done, total, width):
    assert f'class="done" width="{width}%"' in written("{% progress done total 'items' %}", done=done, total=total)


# ------------------------------------------------------------ blocks


def test_a_callout_holds_its_words_and_names_its_kind():
    text = written("{% callout 'failed' title='It stopped.' role='alert' %}<p>{{ why }}</p>{% endcallout %}", why="<b>")
    assert 'class="callout callout--failed" role="alert"' in text
    assert "<p><b>It stopped.</b></p><p>&lt;b&gt;</p>" in text
    with pytest.raises(ValueError, match="Unknown kind"):
        written("{% callout 'purple' %}x{% endcallout %}")


def test_an_empty_list_teaches():
    text = written("{% empty 'No reviews yet' level=2 %}<p>Why</p>{% endempty %}")
    assert text == '<div class="empty"><h2>No reviews yet</h2><p>Why</p></div>'


def test_the_empty_component_stands_beside_the_word_of_the_loop():
    source = "{% for row in rows %}<p>{{ row }}</p>{% empty %}{% empty 'Nothing' %}why{% endempty %}{% endfor %}"
    assert "<h3>Nothing</h3>" in written(source, rows=[])
    assert written(source, rows=[1]) == "<p>1</p>"


def test_a_cell_says_its_column_and_keeps_its_markup():
    assert written("{% td 'Owner' css='num' %} <b>{{ x }}</b> {% endtd %}", x="<") == '<td class="num" data-label="Owner"><b>&lt;</b></td>'


def test_a_block_without_its_end_is_an_error():
    with pytest.raises(TemplateSyntaxError):
        written("{% callout %}")


# ------------------------------------------------------------ lists and navigation


def test_tabs_and_chips_mark_the_current_and_count():
    items = [
        {"name": "All", "url": "?", "count": 1096, "current": True},
        {"name": "Failing", "url": "?h=failed", "count": 0, "icon": "failed"},
    ]
    tabs = written("{% tabs items label='Parts' %}", items=items)
    assert tabs.count('aria-current="page"') == 1 and "<small>0</small>" in tabs
    chips = written("{% chips items label='Filter' %}", items=items)
    assert "<b>1,096</b>" in chips and "#i-failed" in chips


def test_facts_show_a_dash_for_what_is_not_known():
    text = written("{% facts pairs narrow=True %}", pairs=[("Owner", mark_safe("<b>Tom</b>")), ("Policy", ""), ("Kind", HOSTILE)])
    assert "facts--narrow" in text and "<dd><b>Tom</b></dd>" in text and "–" in text and "<script" not in text


def test_a_timeline_says_who_what_when_and_the_change():
    text = written(
        "{% timeline entries zone='UTC' %}",
        entries=[{"who": "Priya", "text": HOSTILE, "when": SINCE, "note": "policy v5", "state": "fail", "before": "24 h", "after": "12 h"}],
    )
    assert 'class="is-failed"' in text and "<b>Priya</b>" in text and "11 Jul 2026, 22:42 UTC" in text
    assert "<del>24 h</del><ins>12 h</ins>" in text and "<script" not in text


def heading(query: str, tag: str) -> str:
    request = RequestFactory().get(f"/controls/?{query}")
    return Template("{% load plumbline %}" + tag).render(Context({"request": request}))


def test_a_heading_sorts_keeps_the_filter_and_drops_the_place():
    text = heading("health=failed&cursor=abc", "{% sort_th 'Days' 'days' num=True %}")
    assert 'href="?health=failed&amp;sort=days"' in text and "cursor" not in text
    assert "aria-sort" not in text and 'class="num"' in text


def test_a_second_click_turns_the_order():
    assert 'aria-sort="ascending"' in heading("sort=days", "{% sort_th 'Days' 'days' %}")
    assert "sort=-days" in heading("sort=days", "{% sort_th 'Days' 'days' %}")
    text = heading("", "{% sort_th 'Days' 'days' default='-days' %}")
    assert 'aria-sort="descending"' in text and 'href="?sort=days"' in text


def test_pages_lead_to_cursors_and_keep_the_filter():
    request = RequestFactory().get("/controls/", {"health": "failed", "cursor": "old"})
    text = Template("{% load plumbline %}{% pages page noun='controls' %}").render(
        Context({"request": request, "page": {"previous": "", "next": "a+b/c=", "shown": 50, "total": 1096}})
    )
    assert 'rel="next" href="?health=failed&amp;cursor=a%2Bb%2Fc%3D"' in text
    assert 'rel="prev"' not in text and "50 of 1,096 controls" in text


def test_a_list_on_one_page_has_no_links():
    text = written("{% pages page %}", page={"previous": "", "next": "", "shown": 3, "total": 3})
    assert "3 of 3 rows" in text and "href" not in text


def test_a_phone_shows_four_sections_and_the_rest_behind_more():
    rail = [{"name": name.title(), "url": "/", "icon": name} for name in ("overview", "check", "scope", "controls", "evidence", "people")]
    text = written("{% rail_items rail as items %}{% for item in items %}{{ item.icon }}:{{ item.main }} {% endfor %}", rail=rail)
    assert text == "overview:True check:True scope:False controls:True evidence:True people:False"
    few = [item for item in rail if item["icon"] in ("overview", "scope", "controls", "people")]
    assert "False" not in written("{% rail_items rail as items %}{% for item in items %}{{ item.main }} {% endfor %}", rail=few)


# ------------------------------------------------------------ pictures as tags


def test_the_strip_hangs_from_the_ruler_of_the_page():
    text = written("{% strip pieces ruler size='lane' label='AC-07' %}", pieces=[(0, 4e9, "met")], ruler=RULER)
    assert 'height="28"' in text and 'class="base"' in text
    assert "No period yet" in written("{% strip pieces ruler %}", pieces=[], ruler=None)
    assert written("{% hang_lines ruler %}", ruler=None) == ""


def test_the_ruler_offers_other_periods_or_says_there_is_none():
    choices = (("Type 2", "/p/2", True), (HOSTILE, "/p/1", False))
    text = written("{% ruler_bar ruler %}", ruler=Ruler(HOSTILE, RULER.scale, RULER.now, choices=choices, phases=(("Fieldwork", "soon"),)))
    assert "menu__item" in text and "77 days left" in text and "Fieldwork <b>soon</b>" in text and "<script" not in text
    blank = written("{% ruler_bar ruler period_url='/period/' %}", ruler=None)
    assert "No period yet" in blank and 'href="/period/"' in blank


def test_the_data_behind_a_picture_is_a_table_whose_cells_say_their_column():
    picture = Picture(mark_safe("<svg/>"), DataTable("Runs", (("Outcome", False), ("Took", True)), ((HOSTILE, "3 s"),), "runs"))
    text = written("{{ picture }}{% show_data picture %}", picture=picture)
    assert text.startswith("<svg/><details") and "Show data: 1 row<" in text
    assert '<td data-label="Took" class="num">3 s</td>' in text and "<script" not in text
    assert written("{% show_data nothing %}", nothing=Picture(mark_safe("<svg/>"))) == ""


def test_hostile_words_in_any_tag_stay_words():
    source = (
        "{% health 'met' note=x %}{% avatar x role=x %}{% person x note=x %}{% tags items %}{% code x %}{% digest x %}{% diff x x %}"
        "{% stat x x unit=x than=x url=x %}{% progress 1 2 x %}{% figure 1 x %}{% callout title=x %}{{ x }}{% endcallout %}"
        "{% empty x %}{{ x }}{% endempty %}{% td x css=x %}{{ x }}{% endtd %}{% tabs rows label=x %}{% chips rows label=x %}"
        "{% facts items %}{% strip pieces ruler label=x %}{% stack_bar counts label=x %}{% sparkline values label=x %}"
        "{% icon 'bell' label=x %}"
        "{% shapes states label=x %}{% sort_th x x css=x %}"
    )
    text = written(
        source,
        x=HOSTILE,
        items=[(HOSTILE, HOSTILE)],
        rows=[{"name": HOSTILE, "url": HOSTILE, "count": 1}],
        pieces=[],
        ruler=RULER,
        counts={"met": 1},
        values=[1],
        states=["met"],
    )
    assert "<script" not in text and "alert('x')" not in text
