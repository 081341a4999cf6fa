"""People across systems: who works here, whose every account is, what is privileged and who approved it."""
