"""What is said of an item of evidence when it is brought, renewed or described anew."""

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from compliance.members.roles import Role
from controls.services.links import Place, checked_reason, place_of
from evidence.services.items import ALWAYS, CADENCES, READERS, Dated, Described

CADENCE_CHOICES = [("", "Never; it is said once"), *((str(days), words.capitalize()) for days, words in CADENCES)]
ROLE_CHOICES = [(role, Role(role).value.replace("_", " ").capitalize()) for role in READERS if role not in ALWAYS]
REASON = "Shows that the control is performed"
_DAY = {"type": "date"}


class DatesForm(forms.Form):
    """When a version was performed or observed, which days it covers, who stands behind it."""

    performed_at = forms.DateTimeField(
        label="Performed or observed", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"], help_text="When what it shows was done. We note ourselves when it came.",
    )  # fmt: skip
    covered_from = forms.DateField(label="Covers from", required=False, widget=forms.DateInput(attrs=_DAY))
    covered_until = forms.DateField(label="Covers to", required=False, widget=forms.DateInput(attrs=_DAY), help_text="Included.")
    note = forms.CharField(label="Note on this version", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean_performed_at(self) -> datetime | None:
        """In the organization's zone, since a browser says none."""
        given = self.cleaned_data["performed_at"]
        return given.replace(tzinfo=self.zone) if given is not None else None

    def dated(self, stated_by: str = "") -> Dated:
        """What the service wants."""
        data = self.cleaned_data
        return Dated(
            performed_at=data.get("performed_at"), covered_from=data.get("covered_from"), covered_until=data.get("covered_until"),
            note=data.get("note", ""), stated_by=stated_by,
        )  # fmt: skip


class DescribedForm(forms.Form):
    """What an item is, whose it is, who may know of it."""

    title = forms.CharField(label="Title", max_length=200, help_text="What it is, as an auditor would ask for it.")
    description = forms.CharField(label="Description", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}))
    owner = forms.ChoiceField(label="Owner", required=False)
    cadence_days = forms.TypedChoiceField(
        label="A new one is due", choices=CADENCE_CHOICES, required=False, coerce=int, empty_value=None,
        help_text="Counted from when the latest was performed, or else came.",
    )  # fmt: skip
    tags = forms.CharField(label="Tags", required=False, max_length=900, help_text="With commas between them.")
    roles = forms.MultipleChoiceField(
        label="Restricted to", required=False, choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: everybody who reads the programme. Admins and compliance managers always know of it.",
    )  # fmt: skip
    restricted = forms.BooleanField(label="Only admins, compliance managers and the roles chosen", required=False)

    def __init__(self, *args: Any, members: list[tuple[uuid.UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "Nobody"), *((str(key), name) for key, name in members)]

    def described(self, **more: str) -> Described:
        """What the service wants."""
        data = self.cleaned_data
        roles = [*data["roles"], *(ALWAYS if data["restricted"] else [])] if data["restricted"] or data["roles"] else []
        return Described(
            title=data["title"], description=data["description"], owner_id=uuid.UUID(data["owner"]) if data["owner"] else None,
            cadence_days=data["cadence_days"], roles=roles, tags=data["tags"].split(","), **more,
        )  # fmt: skip


class PlaceForm(forms.Form):
    """Where an item belongs, and why. Nothing named: nowhere yet."""

    control = forms.CharField(label="Control", required=False, max_length=20, help_text="Its code, such as AC-07.")
    criterion = forms.CharField(label="Criterion", required=False, max_length=8, help_text="Its code, such as CC6.1.")
    occurrence = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)
    task = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)
    reason = forms.CharField(label="What it shows there", required=False, max_length=500, initial=REASON)

    def places(self) -> list[tuple[Place, str]]:
        """Places with the reason. Raises ValidationError."""
        data = self.cleaned_data
        named = [{name: data[name].strip()} for name in ("control", "criterion", "occurrence", "task") if data[name].strip()]
        reason = checked_reason(data["reason"] or REASON)
        return [(place_of(**each), reason) for each in named]


class ItemForm(DescribedForm, DatesForm, PlaceForm):
    """All of it, for a new item."""

    field_order = (
        "title", "description", "control", "criterion", "occurrence", "task", "reason", "performed_at", "covered_from", "covered_until",
        "cadence_days", "owner", "tags", "roles", "restricted", "note",
    )  # fmt: skip


class FilesForm(ItemForm):
    """One item per file; without a title each is called as its file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = "Of a single file. Several are called as their files."


class LinkForm(ItemForm):
    """A link with what it showed."""

    url = forms.CharField(label="Address", max_length=2000, widget=forms.URLInput(attrs={"inputmode": "url"}))
    file = forms.FileField(
        label="What it showed", help_text="The page printed to PDF, or a screenshot. A link alone proves nothing once the page changes."
    )

    field_order = ("url", "file", *ItemForm.field_order)


class StatementForm(ItemForm):
    """What a named person states."""

    text = forms.CharField(
        label="Statement", max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="In your own words: what you did or know, of which days, on what basis.",
    )  # fmt: skip
    signed = forms.CharField(
        label="Your name, typed as your signature", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    field_order = ("title", "text", "signed", *ItemForm.field_order[1:])

    def __init__(self, *args: Any, signer: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signer = signer

    def clean_signed(self) -> str:
        """Must be the name of who is signed in."""
        given = " ".join(self.cleaned_data["signed"].split())
        if given.casefold() != " ".join(self.signer.split()).casefold():
            raise ValidationError(f"Type your name as it stands in your profile: {self.signer}.")
        return given
