"""Addresses of people, accounts and privileged access."""

from django.urls import path

from people.views import accounts, persons, register

urlpatterns = [
    path("<slug:slug>/people/", persons.person_list, name="people"),
    path("<slug:slug>/people.csv", persons.person_list_csv, name="people_csv"),
    path("<slug:slug>/people/accounts/", accounts.account_list, name="people_accounts"),
    path("<slug:slug>/people/accounts.csv", accounts.account_list_csv, name="people_accounts_csv"),
    path("<slug:slug>/people/accounts/decide/", accounts.account_decide, name="account_decide"),
    path("<slug:slug>/people/decisions/<uuid:decision_id>/end/", accounts.decision_end, name="decision_end"),
    path("<slug:slug>/people/systems/", accounts.system_declare, name="system_declare"),
    path("<slug:slug>/people/privileged/", register.register_page, name="people_privileged"),
    path("<slug:slug>/people/privileged/enter/", register.register_enter, name="register_enter"),
    path("<slug:slug>/people/privileged/<uuid:entry_id>/end/", register.register_end, name="register_end"),
    path("<slug:slug>/people/<uuid:person_id>/", persons.person_page, name="person"),
]
