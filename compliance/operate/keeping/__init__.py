"""What may be deleted, gathered over all storeys, for two people to decide on."""
