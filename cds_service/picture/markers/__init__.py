"""Readings of tumor markers against the limits they came with."""
