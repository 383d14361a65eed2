"""Neuron-specific enolase: samples and events that spoil a reading, the newest reading, the series."""
