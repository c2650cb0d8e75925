"""`liangshi audit heads`: print the signed heads of all chains, to be kept off the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liangshi.foundation.audit import heads
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.tables import demand_tables


class Command(BaseCommand):
    help = "印出每条链现在的链头（一行一条，带签名和公钥），供留存在别处，以后用 audit verify --heads 对照"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--append", type=Path, metavar="文件", help="同时添写到这个文件的末尾")

    def handle(self, *args: Any, **options: Any) -> None:
        demand_tables()
        lines = heads.present()
        try:
            if options["append"]:
                heads.append(options["append"], lines)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        for line in lines:
            self.stdout.write(line)
