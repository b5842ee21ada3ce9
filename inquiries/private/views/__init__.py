"""What the pages under the private link do: each validates, calls a service, answers."""
