"""Routes of problems, tasks, comments and notices: the pages' rows, by the same selectors and services."""
