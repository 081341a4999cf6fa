"""Forms of the file import."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from integrations.fed import FRESHNESS, MODES, POLICIES
from integrations.importing.fields import fields_of
from integrations.importing.kinds import kinds, title_of
from integrations.importing.limits import MAX_FILE
from integrations.importing.mapping import Choice, ColumnMap
from integrations.models import Connection, KeptMapping

# What people most often have as a list; the rest follows by the alphabet.
COMMON = ("person", "account", "vulnerability", "scanned_asset", "security_test", "ticket", "job_run", "reconciliation")
NEW = ""


def kind_choices() -> list[tuple[str, Any]]:
    """Kinds in two groups."""
    known = kinds()
    common = [(kind, title_of(kind)) for kind in COMMON if kind in known]
    return [("Often", common), ("All others", [(kind, title_of(kind)) for kind in known if kind not in COMMON])]


class UploadForm(forms.Form):
    """A file for a source that is known, or for a new one."""

    file = forms.FileField(label="File", help_text="CSV, XLSX, JSON Lines, SARIF, CycloneDX or OCSF findings, at most 32 MB.")
    source = forms.ChoiceField(label="For", required=False)
    name = forms.CharField(
        label="Name of the new list", required=False, max_length=120, help_text="As your colleagues call it: “Payroll export”."
    )
    kind = forms.ChoiceField(label="Its rows are", required=False)
    mode = forms.ChoiceField(
        label="The file is", choices=[(key, f"{title}. {meaning}") for key, title, meaning in MODES], initial="snapshot"
    )
    fresh_days = forms.TypedChoiceField(
        label="A new one comes", choices=FRESHNESS, coerce=int, initial=35,
        help_text="When none has come for so long, what depends on it is shown as not observed.",
    )  # fmt: skip
    mapping = forms.ChoiceField(label="Mapping", required=False, help_text="One that was kept, or suggested by the columns' names.")

    def __init__(self, *args: Any, sources: Sequence[Connection], mappings: Sequence[KeptMapping], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = {str(each.pk): each for each in sources}
        listed = [(key, f"{each.name} ({title_of(each.settings['kind'])})") for key, each in self.sources.items()]
        self.fields["name"].required = self.fields["kind"].required = not sources
        self.fields["source"].choices = [(NEW, "a new list"), *listed]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", "choose"), *kind_choices()]  # type: ignore[attr-defined]
        kept = [(str(each.pk), f"{each.name} ({title_of(each.kind)})") for each in mappings]
        self.fields["mapping"].choices = [("", "suggest one"), *kept]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Raises ValidationError for a file that is too large, before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE:
            raise forms.ValidationError(
                f"The file has {file.size:,} bytes; at most {MAX_FILE:,} are read. Split it, or push it in a session."
            )
        return file

    def clean(self) -> dict[str, Any]:
        """A known source brings its name, kind, mode and rhythm; a new one needs name and kind."""
        data = super().clean() or {}
        known = self.sources.get(data.get("source") or NEW)
        if known is not None:
            data |= {"name": known.name, **{key: known.settings[key] for key in ("kind", "mode", "fresh_days")}}
        elif not data.get("name"):
            self.add_error("name", "Name the list as your colleagues call it.")
        elif not data.get("kind"):
            self.add_error("kind", "Choose what its rows are.")
        return data


class RecordForm(forms.Form):
    """The instant that the list speaks for, and what happens to refused rows."""

    as_of = forms.DateTimeField(
        label="As of", input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    policy = forms.ChoiceField(choices=[(key, title) for key, title, _meaning in POLICIES])

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["as_of"].help_text = f"When the list was drawn up, in {zone.key}. It counts as seen then, not before and not after."

    def clean_as_of(self) -> datetime:
        """In the organization's zone."""
        return self.cleaned_data["as_of"].replace(tzinfo=self.zone)


def map_of(kind: str, given: QueryDict) -> ColumnMap:
    """The mapping as the page's form sends it: per field `column:`, `constant:`, `format:` and `empty:`."""
    choices = []
    for each in fields_of(kinds()[kind]):
        column, constant = given.get(f"column:{each.name}", ""), given.get(f"constant:{each.name}", "").strip()
        if column or constant:
            choices.append(
                Choice(
                    each.name, column, "" if column else constant, given.get(f"format:{each.name}") or "iso",
                    given.get(f"empty:{each.name}") or "unknown",
                )
            )  # fmt: skip
    return ColumnMap(tuple(choices), given.get("zone", "").strip())
