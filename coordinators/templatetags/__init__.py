"""Template tags of the coordinators room."""
