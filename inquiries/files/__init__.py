"""Patients' files: what is taken, how it is looked through and kept, and how patient and staff see it."""
