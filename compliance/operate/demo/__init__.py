"""The demo company: an organization labelled as demo, with a past that was really collected from the vendor sandbox."""
