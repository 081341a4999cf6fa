"""Backup and restore: database and blobs together, consistent, verified, encrypted if asked."""
