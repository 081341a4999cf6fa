"""Forms of tasks."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from compliance.members.models import Membership

RHYTHMS = (
    ("", "Once"), ("weekly", "Every week"), ("monthly", "Every month"), ("quarterly", "Every quarter"), ("semi_annual", "Every half year"),
    ("annual", "Every year"),
)  # fmt: skip
END_OF_DAY = time(23, 59)


class TaskForm(forms.Form):
    """What is to be done, by whom and by when."""

    title = forms.CharField(label="What is to be done", max_length=200)
    detail = forms.CharField(label="Details", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    owner = forms.ChoiceField(required=False)
    due = forms.DateField(label="Done by", required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="The end of that day.")
    repeats = forms.ChoiceField(label="How often", choices=RHYTHMS, required=False)

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = zone
        self._members = {str(each.pk): each for each in Membership.objects.select_related("user").order_by("user__name", "user__email")}
        names = [(key, each.user.name or each.user.email) for key, each in self._members.items()]
        self.fields["owner"].choices = [("", "Nobody yet"), *names]

    def clean_owner(self) -> Membership | None:
        """The member chosen; a choice field has refused everybody else."""
        return self._members.get(self.cleaned_data["owner"])

    @property
    def due_at(self) -> datetime | None:
        """The end of the day given, in the organization's zone."""
        day = self.cleaned_data["due"]
        return datetime.combine(day, END_OF_DAY, self._zone) if day else None


class NewTaskForm(TaskForm):
    """With the checklist, which is set when the task is opened."""

    steps = forms.CharField(
        label="Checklist", required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="One step a line. All must be ticked before it is done."
    )  # fmt: skip
    field_order = ("title", "detail", "owner", "due", "repeats", "steps")

    @property
    def lines(self) -> list[str]:
        """The steps, one a line."""
        return self.cleaned_data["steps"].splitlines()
