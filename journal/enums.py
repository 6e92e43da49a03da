"""The states of an effect."""

from django.db import models


class EffectStatus(models.TextChoices):
    PENDING = "pending", "À faire"
    RUNNING = "running", "En cours"
    DONE = "done", "Fait"
    FAILED = "failed", "En échec"
