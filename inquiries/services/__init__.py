"""The only writers of the room. Views, admin actions, tasks and commands validate, call one of these, and answer."""
