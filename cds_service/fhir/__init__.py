"""Getting FHIR data and reading it leniently. Knows no medicine."""
