"""The filter above the trail."""

from zoneinfo import ZoneInfo

from django import forms

from compliance.members.selectors.trail import TrailFilter, nouns


def _choices() -> list[tuple[str, str]]:
    return [("", "Everything"), *((noun, noun.replace("_", " ").capitalize()) for noun in nouns())]


class TrailForm(forms.Form):
    """All optional."""

    noun = forms.ChoiceField(label="What", choices=_choices, required=False)
    who = forms.CharField(max_length=200, required=False)
    about = forms.CharField(max_length=200, required=False)
    first = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def as_filter(self, zone: ZoneInfo) -> TrailFilter:
        """The valid fields as a filter; a field that cannot be read is left out (its error is shown)."""
        self.is_valid()
        known = {name: value for name, value in self.cleaned_data.items() if value}
        return TrailFilter(zone=zone, **known)
