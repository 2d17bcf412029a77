"""Pages that draw on several apps."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The today board, my work, the command palette."""

    name = "secretary_portal.desk"
    label = "desk"
