"""The patient's own page: status, details, files, corrections, withdrawal. No account, no cookie, one private link."""
