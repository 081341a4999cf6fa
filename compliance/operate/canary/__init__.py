"""The live canary: every stream of a connector read once against a real account, with a report and a redacted cassette."""
