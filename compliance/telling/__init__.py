"""Telling: what every app knows to be due, failing or expiring is gathered into notices, and notices go out by mail and webhook.

`gathering` asks the apps, `rounds` decides what is new and what is no longer true, `mailing` and `posting` send.
"""
