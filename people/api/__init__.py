"""Routes of people, accounts and privileged access: the pages' rows, by the same selectors and services."""
