"""Forms of how members and teams are told."""

from django import forms

from compliance.work.models.notice import EVENTS

EVENT_NAMES = {
    "due": "Something of mine falls due",
    "overdue": "Something of mine is overdue",
    "failed": "A control of mine fails",
    "recovered": "A control of mine no longer fails",
    "assigned": "I am given something",
    "mentioned": "I am mentioned",
    "requested": "I am asked for something",
    "approved": "Something I asked for is decided",
    "expiring": "A waiver or a grant runs out",
    "problem": "A connection or the platform has a problem",
}
EVENT_CHOICES = [(each, EVENT_NAMES[each]) for each in EVENTS]
TEAM_CHOICES = [
    ("failed", "A control fails"), ("recovered", "A control no longer fails"), ("problem", "A connection or the platform has a problem"),
    ("overdue", "Something is overdue"), ("due", "Something falls due"), ("expiring", "A waiver or a grant runs out"),
]  # fmt: skip
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class PreferenceForm(forms.Form):
    """How a member wants to be told."""

    mail = forms.ChoiceField(
        label="Mail", choices=[("at_once", "One for each thing, at once"), ("digest", "One a day"), ("none", "None; I look here")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    events = forms.MultipleChoiceField(label="Mail me when", choices=EVENT_CHOICES, widget=forms.CheckboxSelectMultiple, required=False)
    digest_hour = forms.TypedChoiceField(label="Hour of the daily mail", coerce=int, choices=HOURS)
    quiet_from = forms.TypedChoiceField(label="No mail from", coerce=int, choices=HOURS)
    quiet_until = forms.TypedChoiceField(label="until", coerce=int, choices=HOURS, help_text="The same hour twice means no quiet time.")
    zone = forms.CharField(
        label="Time zone of these hours", required=False, help_text="Empty: the organization's. A name such as Europe/Berlin."
    )
    daily_budget = forms.IntegerField(
        label="Most mails a day", min_value=1, max_value=500, help_text="What is beyond comes in one mail at the hour of the daily mail."
    )  # fmt: skip


class WebhookForm(forms.Form):
    """A channel that reads along."""

    name = forms.CharField(max_length=80, help_text="Such as the channel's name.")
    way = forms.ChoiceField(label="Kind", choices=[("slack", "Slack, or what takes its messages"), ("teams", "Microsoft Teams")])
    url = forms.CharField(
        label="Address of the incoming webhook", max_length=1000, widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Kept encrypted and never shown again: whoever has it may write to the channel.",
    )  # fmt: skip
    events = forms.MultipleChoiceField(label="Post when", choices=TEAM_CHOICES, widget=forms.CheckboxSelectMultiple)


class LetterheadForm(forms.Form):
    """How the organization signs its mail."""

    sender_name = forms.CharField(label="Sender's name", max_length=80, required=False, help_text="Such as “Fernhill Compliance”.")
    reply_to = forms.EmailField(label="Answers go to", required=False)
