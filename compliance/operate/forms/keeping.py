"""Forms of the page Keeping."""

import uuid

from django import forms

from compliance.operate.keeping.targets import RULED
from compliance.vault.services.keeping import LONGEST_YEARS
from evidence.selectors.keeping import sources_named

EVERYTHING = "Everything"


class RetentionForm(forms.Form):
    """How long something is kept."""

    kind = forms.ChoiceField(label="What", choices=[("", EVERYTHING), *RULED.items()], required=False)
    years = forms.IntegerField(
        label="Years after its period’s end", min_value=1, max_value=LONGEST_YEARS, required=False,
        help_text="Empty takes the rule away; without any rule it is seven years.",
    )  # fmt: skip
    rule_reason = forms.CharField(label="Why", max_length=2000, help_text="Auditors read it: a law, a contract, a policy.")


class HoldForm(forms.Form):
    """A legal hold."""

    name = forms.CharField(label="Name", max_length=200, help_text="Such as the matter it is for.")
    about = forms.ChoiceField(label="Covers", required=False)
    hold_reason = forms.CharField(label="Why", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [("", EVERYTHING), *((str(key), f"All of {name}") for key, name in sources_named())]

    def covers(self) -> tuple[uuid.UUID | None, str]:
        """Of what, and what that is called."""
        chosen = self.cleaned_data["about"]
        if not chosen:
            return None, EVERYTHING
        return uuid.UUID(chosen), dict(self.fields["about"].choices)[chosen]


class ExpiryForm(forms.Form):
    """Asking that goes what retention asks for no longer."""

    expiry_reason = forms.CharField(label="Why", max_length=2000)


class DecisionForm(forms.Form):
    """The second person's word."""

    note = forms.CharField(label="What you looked at, or why not", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
