"""A connector of a third party: people of the (made-up) Acme Directory."""
