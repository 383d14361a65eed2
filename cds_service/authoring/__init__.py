"""Reading the files of the knowledge and of a site, proof-reading them, and the pages for the clinical review."""
