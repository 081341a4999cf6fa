"""The twin of Okta: see README.md."""
