"""Who answers: staff, their languages, absences, working hours, the assignment rule."""
