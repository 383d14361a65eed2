"""Cases: whole patients on pages that a person can read, and the hook calls that are made of them.

A case is data: a hook, a patient, one line a resource, and what is expected. Nothing here judges an answer.
"""
