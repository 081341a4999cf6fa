"""Files and pushed lines into facts: pure functions without database and Django, so that a kept file gives the same facts years later."""
