"""Django's own commands, for developers."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liangshi.config.settings")
    from django.core.management import execute_from_command_line

    from liangshi.foundation.base.wall import program

    with program("a command"):
        execute_from_command_line(sys.argv)
