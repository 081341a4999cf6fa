"""Per area: which calls are made for which facts. Each module offers STREAMS and READERS."""
