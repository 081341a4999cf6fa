"""Routes of people under /api/v1/."""

from django.urls import path

from people.api import accounts, people, register, systems

urlpatterns = [
    path("<slug:slug>/people/", people.PeopleRoute.as_view(), name="api_people"),
    path("<slug:slug>/people/accounts/", accounts.AccountsRoute.as_view(), name="api_people_accounts"),
    path("<slug:slug>/people/accounts/<uuid:account_id>/decisions/", accounts.DecisionsRoute.as_view(), name="api_account_decisions"),
    path("<slug:slug>/people/decisions/<uuid:decision_id>/end/", accounts.DecisionEndRoute.as_view(), name="api_decision_end"),
    path("<slug:slug>/people/privileged/", register.RegisterRoute.as_view(), name="api_people_privileged"),
    path("<slug:slug>/people/privileged/<uuid:entry_id>/end/", register.EntryEndRoute.as_view(), name="api_privilege_end"),
    path("<slug:slug>/people/unused-systems/", systems.UnusedSystemsRoute.as_view(), name="api_unused_systems"),
    path("<slug:slug>/people/unused-systems/<slug:system_category>/", systems.UnusedSystemRoute.as_view(), name="api_unused_system"),
    path("<slug:slug>/people/<uuid:person_id>/", people.PersonRoute.as_view(), name="api_person"),
]
