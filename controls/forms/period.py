"""The form of an observation period."""

from typing import Any

from django import forms


class PeriodForm(forms.Form):
    """First and last day, ends included, in the organization's zone."""

    name = forms.CharField(max_length=120, label="Name", help_text="As in the report: “Type 2, first report”.")
    first_day = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}), help_text="Included.")
    fieldwork_first_day = forms.DateField(label="Fieldwork from", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    fieldwork_last_day = forms.DateField(label="Fieldwork to", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    report_due_day = forms.DateField(label="Report due", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """The period must not end before it begins."""
        data = super().clean() or {}
        if data.get("first_day") and data.get("last_day") and data["last_day"] < data["first_day"]:
            self.add_error("last_day", "The period ends before it begins; choose a later last day.")
        return data
