"""Routes of controls, checks, subjects, criteria and periods: the pages' numbers, by the same selectors."""
