from django.apps import AppConfig


class BackupConfig(AppConfig):
    """One file that holds the database and the releases; it knows every app, and none knows it."""

    name = "backup"
