"""What the clinic offers: treatments, their pages per language, sources, the clinic itself (ground floor)."""
