"""The closed lists of what the two sides say to each other."""

from django.db import models


class MeetingMode(models.TextChoices):
    ON_SITE = "on_site", "Sur place"
    VIDEO = "video", "En visioconférence"
    PHONE = "phone", "Par téléphone"


class RemarkStatus(models.TextChoices):
    OPEN = "open", "Ouverte"
    ANSWERED = "answered", "Répondue"
    RESOLVED = "resolved", "Résolue"


class Anchor(models.TextChoices):
    FILE = "file", "Dossier"
    SECTION = "section", "Section du diagnostic"
    ROW = "row", "Ligne du diagnostic"
    ACTION = "action", "Fiche-action"
    BUDGET = "budget", "Budget d’une action"
    REQUEST = "request", "Demande de financement"


class MailStatus(models.TextChoices):
    QUEUED = "queued", "En attente"
    SENT = "sent", "Envoyé"
