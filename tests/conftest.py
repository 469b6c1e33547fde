"""What holds for every test."""
from hypothesis import HealthCheck, settings

# A slow machine is no fault of the code: what a property says must hold, however long it takes to say it.
settings.register_profile("bollard", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bollard")
