"""What is counted, and what the desk's first page makes of it: days, steps and waiting times, never people."""
