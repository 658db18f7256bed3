"""The two synchronised models."""

from django.db import models
from django_pulse.models import SyncModel


class Task(SyncModel):
    """A record of one user's."""

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    completed = models.BooleanField(default=False)


class Item(SyncModel):
    """Meant for everybody, but the reference saves and sends it only under a user's id."""

    name = models.CharField(max_length=255)
    description = models.TextField(blank=True, default="")
    price = models.DecimalField(max_digits=10, decimal_places=2, default=0)
