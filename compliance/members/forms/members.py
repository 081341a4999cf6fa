"""Forms about people in an organization."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts

from compliance.members.roles import Role

ROLE_NAMES = {
    Role.ADMIN: "Admin",
    Role.COMPLIANCE_MANAGER: "Compliance manager",
    Role.CONTROL_OWNER: "Control owner",
    Role.EXECUTIVE: "Executive",
    Role.EMPLOYEE: "Employee",
    Role.VIEWER: "Viewer",
}
ROLE_MEANINGS = {
    Role.ADMIN: "everything, with members and settings",
    Role.COMPLIANCE_MANAGER: "runs the programme: controls, connections, waivers, tokens",
    Role.CONTROL_OWNER: "acts on controls, sees raw responses, runs connections",
    Role.EXECUTIVE: "reads the programme and the trail, exports",
    Role.EMPLOYEE: "only what concerns oneself",
    Role.VIEWER: "reads the programme",
}
ROLE_CHOICES = [(role.value, f"{ROLE_NAMES[role]}: {ROLE_MEANINGS[role]}") for role in Role]


class InviteForm(forms.Form):
    """Address and role of who is invited."""

    email = forms.EmailField(label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.TypedChoiceField(coerce=Role, choices=ROLE_CHOICES, initial=Role.CONTROL_OWNER.value)


class RoleForm(forms.Form):
    """The role of a member."""

    role = forms.TypedChoiceField(coerce=Role, choices=ROLE_CHOICES, widget=forms.RadioSelect)


class NewAccountForm(forms.Form):
    """Name and password of a person who accepts an invitation."""

    name = forms.CharField(label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters, not a common one. A sentence is easy to remember.",
    )


class OperatorForm(NewAccountForm):
    """Name, address and password of the first operator."""

    email = forms.EmailField(label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    field_order = ("name", "email", "password")


class ProfileForm(forms.Form):
    """What people change of themselves."""

    name = forms.CharField(label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))


def refused_fields(form: forms.Form, messages: dict[str, Any]) -> None:
    """Put the messages of a service's ValidationError on the fields of the form; those of other fields on the form as a whole."""
    for field, errors in messages.items():
        for error in errors:
            form.add_error(field if field in form.fields else None, error)


def password_rules() -> list[str]:
    """The rules for passwords, as sentences."""
    return password_validators_help_texts()
