"""Settings shared by all tests."""

from hypothesis import HealthCheck, settings

# The machine that runs the tests may be slow or busy: an example has no deadline, and being slow is no failure.
settings.register_profile("derive", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("derive")
