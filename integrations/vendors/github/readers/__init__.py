"""One module per area, each with STREAMS and READERS; the connector joins them."""
