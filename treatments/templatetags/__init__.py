"""Template tags of the treatments room."""
