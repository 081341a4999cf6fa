"""Forms of an organization."""

import zoneinfo
from datetime import date
from typing import Any

from django import forms
from django.utils.text import slugify

from compliance.tenancy.models import Organization

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def zone_choices() -> list[tuple[str, str]]:
    """IANA zones, UTC first."""
    return [("UTC", "UTC")] + [
        (name, name) for name in sorted(zoneinfo.available_timezones()) if "/" in name and not name.startswith("Etc/")
    ]


class NewOrganizationForm(forms.Form):
    """Name, address and zone of a new organization."""

    name = forms.CharField(max_length=120, help_text="As it stands in your system description.")
    slug = forms.CharField(
        label="Address",
        max_length=50,
        required=False,
        help_text="Part of every link: lower-case letters, digits, hyphens. Left empty, it follows the name.",
    )
    time_zone = forms.ChoiceField(
        label="Time zone", choices=zone_choices, initial="UTC", help_text="Days of the observation period are counted in it."
    )

    def clean(self) -> dict[str, Any]:
        """Fill the address from the name."""
        cleaned = super().clean() or {}
        if not cleaned.get("slug"):
            cleaned["slug"] = slugify(cleaned.get("name", ""))[:50].strip("-")
            if not cleaned["slug"] and cleaned.get("name"):
                self.add_error("slug", "Choose an address: none can be made from this name.")
        return cleaned


class OrganizationForm(forms.Form):
    """What an admin may change of an organization."""

    name = forms.CharField(max_length=120)
    slug = forms.CharField(
        label="Address", max_length=50, help_text="Part of every link. Links with the address it has now will lead to the new one."
    )
    time_zone = forms.ChoiceField(label="Time zone", choices=zone_choices, help_text="Days and period bounds are counted in it.")
    first_weekday = forms.TypedChoiceField(label="The week begins on", coerce=int, choices=list(enumerate(WEEKDAYS)))
    holidays = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text="Days on which nobody works, one a line, such as 2026-12-25. Due dates of manual controls step over them.",
    )
    idle_minutes = forms.IntegerField(
        label="Sign out after minutes without use",
        min_value=5,
        max_value=7 * 24 * 60,
        help_text="For members of several organizations the shortest holds.",
    )

    @classmethod
    def of(cls, organization: Organization) -> "OrganizationForm":
        """The form filled with what holds now."""
        fields = ("name", "slug", "time_zone", "first_weekday", "idle_minutes")
        return cls(initial={name: getattr(organization, name) for name in fields} | {"holidays": "\n".join(organization.holidays)})

    def clean_holidays(self) -> list[date]:
        """ISO dates, one a line."""
        days = []
        for line in self.cleaned_data["holidays"].split():
            try:
                days.append(date.fromisoformat(line))
            except ValueError as error:
                raise forms.ValidationError(f"“{line[:40]}” is no date; write it as 2026-12-25.") from error
        return days
