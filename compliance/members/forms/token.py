"""Form of an API token."""

from datetime import timedelta
from typing import Any

from django import forms

from compliance.members.roles import RIGHTS, Right, Role

RIGHT_NAMES = {
    Right.SEE_PROGRAMME: "Read the programme: controls, checks, subjects, criteria",
    Right.SEE_RAW: "Read raw vendor responses",
    Right.SEE_TRAIL: "Read the trail",
    Right.EXPORT: "Export",
    Right.MANAGE_CONNECTIONS: "Set up and change connections",
    Right.RUN_CONNECTIONS: "Run connections now",
    Right.PUSH_FACTS: "Push facts",
    Right.MANAGE_CONTROLS: "Change controls, parameters, waivers and the period",
    Right.ACT_ON_CONTROLS: "Judge again, perform occurrences",
    Right.SEE_MEMBERS: "Read the list of members",
    Right.MANAGE_MEMBERS: "Invite, change and remove members",
    Right.MANAGE_ORGANIZATION: "Change the organization's settings",
    Right.MANAGE_TOKENS: "Manage tokens",
}
DAYS = ((30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "365 days"))


class TokenForm(forms.Form):
    """Name, rights (those of the member's role only) and length of life."""

    name = forms.CharField(max_length=80, help_text="What uses it, such as “nightly export to the warehouse”.")
    rights = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(label="Ends after", coerce=int, choices=DAYS, initial=90)

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rights"].choices = [(each.value, RIGHT_NAMES[each]) for each in Right if each in RIGHTS[Role(role)]]

    @property
    def lifetime(self) -> timedelta:
        """How long the token will live."""
        return timedelta(days=self.cleaned_data["days"])
