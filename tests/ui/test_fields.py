import pytest
from django import forms
from django.template import Context, Template


class WaiverForm(forms.Form):
    reason = forms.CharField(label="Reason", help_text="Shown to the auditor", widget=forms.Textarea(attrs={"class": "wide-text"}))
    ends = forms.DateField(label="Ends on")
    note = forms.CharField(label="Note", required=False)
    reach = forms.ChoiceField(label="It covers", widget=forms.RadioSelect, choices=[("a", "This check"), ("b", "The control")])
    sure = forms.BooleanField(label="I have read it")
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        raise forms.ValidationError("Two people must approve.")


def written(source: str, form: forms.Form) -> str:
    return Template("{% load plumbline %}" + source).render(Context({"form": form})).strip()


@pytest.fixture
def refused() -> WaiverForm:
    return WaiverForm({"reason": "<script>", "ends": "31 Dec 9999x"})


def test_a_label_and_a_hint_belong_to_their_control():
    text = written("{% field form.reason %}", WaiverForm())
    assert '<label for="id_reason">Reason</label>' in text
    assert 'class="wide-text input"' in text and 'aria-describedby="id_reason_hint"' in text
    assert '<span class="field__hint" id="id_reason_hint">Shown to the auditor</span>' in text
    assert "aria-invalid" not in text


def test_an_error_is_tied_to_its_control_and_what_was_typed_is_kept(refused):
    text = written("{% field form.ends %}", refused)
    assert 'aria-describedby="id_ends_error"' in text and 'aria-invalid="true"' in text
    assert 'id="id_ends_error"' in text and "Enter a valid date." in text
    assert 'value="31 Dec 9999x"' in text


def test_what_was_typed_cannot_become_markup(refused):
    assert "<script>" not in written("{% field form.reason %}", refused)


def test_only_an_optional_field_says_so():
    assert "optional" in written("{% field form.note %}", WaiverForm())
    assert "optional" not in written("{% field form.ends %}", WaiverForm())


def test_choices_are_a_group_with_a_legend(refused):
    text = written("{% field form.reach %}", refused)
    assert "<fieldset" in text and '<legend class="field__label">It covers</legend>' in text
    assert text.count('class="check"') == 2 and 'for="id_reach_1"' in text
    assert 'aria-describedby="id_reach_error"' in text


def test_a_box_stands_before_its_words():
    text = written("{% field form.sure wide=True %}", WaiverForm())
    assert text.index("<input") < text.index("I have read it") and 'class="check"' in text and "wide" in text


def test_a_hidden_field_is_nothing_but_itself():
    assert written("{% field form.token %}", WaiverForm()).startswith('<input type="hidden"')


def test_the_summary_names_what_is_wrong_and_leads_there(refused):
    text = written("{% form_errors form %}", refused)
    assert 'role="alert"' in text and "data-error-summary" in text
    assert "3 answers need another look." in text
    assert "Two people must approve." in text and 'href="#id_ends"' in text


def test_a_form_without_errors_has_no_summary():
    assert written("{% form_errors form %}", WaiverForm()) == ""
