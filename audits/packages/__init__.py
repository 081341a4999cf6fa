"""Evidence packages: one streaming ZIP, verified offline by whoever has the public key of the log."""
