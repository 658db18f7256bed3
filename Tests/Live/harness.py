"""Everything a live test starts or talks to, importable from one place."""

from support.client import Client, Closed, Refused
from support.django_pulse import DjangoPulse
from support.process import StartFailure, free_port
from support.pulsed import Pulsed
from support.redis import Redis

__all__ = ["Client", "Closed", "DjangoPulse", "Pulsed", "Redis", "Refused", "StartFailure", "free_port"]
