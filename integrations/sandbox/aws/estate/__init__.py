"""Building the demo company's account in an empty sandbox, one module per kind of resource."""
