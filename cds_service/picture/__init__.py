"""FHIR readings become case features: the medicine that needs arithmetic, dates and code lists."""
