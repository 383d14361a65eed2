"""Drugs on the record: what ran when, for which tumor, and what is taken beside it."""
