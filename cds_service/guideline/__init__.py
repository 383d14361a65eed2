"""The guideline: the vocabulary of case features, the rows of the knowledge and the verdicts. Knows no FHIR."""
