"""The rig's fixtures, for the tests of this folder."""

from tests.real.fixtures import embedded, grown, postgres, redis_port, running_embedded, running_grown, template

__all__ = ["embedded", "grown", "postgres", "redis_port", "running_embedded", "running_grown", "template"]
