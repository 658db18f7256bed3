"""Everything a live test starts or talks to, importable from one place."""

from support.client import Client, Closed, Refused
from support.django_pulse import DjangoPulse
from support.process import StartFailure, free_port
from support.pulsed import Pulsed
from support.redis import Redis
from support.secantus import FailPoint, Secantus
from support.workers import Workers

__all__ = [
    "Client", "Closed", "DjangoPulse", "FailPoint", "Pulsed", "Redis", "Refused", "Secantus", "StartFailure",
    "Workers", "free_port"]
