"""Imaging that was done, follow-up after a resection, and the tumor board that looked at it."""
