"""One tumor: which Conditions are it, what it is called, where it sits, how far it has gone, how it is graded."""
