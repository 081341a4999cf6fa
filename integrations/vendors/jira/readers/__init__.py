"""One module an area: its streams and how each is read."""
