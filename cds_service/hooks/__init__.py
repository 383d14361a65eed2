"""The CDS Hooks standard: what is advertised, asked and answered; knows no medicine."""
