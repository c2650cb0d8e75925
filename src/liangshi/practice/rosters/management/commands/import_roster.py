"""`liangshi import-roster FILE --school CODE`: the import journey from the command line."""

from __future__ import annotations

import argparse
import io
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liangshi.foundation.audit.actions import Machine
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.documents.sheets import DocumentError
from liangshi.practice.rosters.actions.jobs import apply_file
from liangshi.practice.rosters.offline import argument_parser, file_bytes, print_report, year_start_of
from liangshi.practice.rosters.report import Report, report_of_refusal
from liangshi.registry.schools.models import School


def console(school: School) -> Machine:
    """Acts for whoever runs the command on the server."""
    return Machine("服务器管理员", str(school.pk), "命令行")


class Command(BaseCommand):
    help = "导入名册：学生、教职工、已有导师名单或社团。"

    def add_arguments(self, parser: CommandParser) -> None:
        for action in argument_parser()._actions:
            if not isinstance(action, argparse._HelpAction):
                parser._add_action(action)

    def handle(self, *args: Any, **options: Any) -> None:
        report = self.report(options)
        text = io.StringIO()
        print_report(report, as_json=options["json"], out=text)
        self.stdout.write(text.getvalue(), ending="")
        if not report.applicable:
            raise SystemExit(1)

    def report(self, options: dict[str, Any]) -> Report:
        """What was found and done. A refusal is a report with one problem."""
        if not options["school"]:
            raise CommandError("请用 --school 写明学校标识码；只检查文件请加 --dry-run。")
        school = School.objects.filter(code=options["school"]).first()
        if school is None:
            raise CommandError(f"没有学校标识码为 {options['school']} 的学校。请核对代码，或先建立学校。")
        try:
            found = apply_file(
                school,
                file_bytes(options["file"]),
                options["file"].name,
                kind=options["kind"],
                year_start=options["year"] or year_start_of(today()),
                actor=console(school),
                dry=options["dry_run"],
            )
        except DocumentError as refusal:
            return report_of_refusal(refusal, options["kind"])
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        return found.report
