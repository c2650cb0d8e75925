"""What slips plant: one that waits for the second word, two that may be printed, and two that only a bureau may decide."""

from __future__ import annotations

from liangshi.foundation.base.clock import today
from liangshi.foundation.records.decisions import Decision
from liangshi.practice.slips.choices import Kind, Whom
from liangshi.practice.slips.models import SlipLine, SlipRequest
from liangshi.registry.accounts.models import Account
from tests.walk.world import Side

PUBLIC = {"slips.SlipRequest.asked_as": "the code of a hat"}


def plant(side: Side) -> None:
    clerk, leader = side.people["clerk"], side.people["leader"]
    school, child = side.troupe.school, side.student

    bureaus = "city county" if side.tag == "own" else "city"  # the county is that of the own school

    def asked(account: Account, what: str, **fields: object) -> SlipRequest:
        row = SlipRequest.objects.create(
            **{
                "school": school,
                "kind": Kind.RESET,
                "what": what,
                "asked_by": clerk,
                "asked_as": "clerk",
                **fields,
            }
        )
        SlipLine.objects.create(request=row, account=account)
        return row

    near = side.mark("slips.SlipRequest.what", "office adviser")
    waits = asked(child.person.account, f"{child.person.name}（{near}）", whom=Whom.STUDENTS, student=child)
    side.keys("slips:stop", (waits, "student"))
    agreed = {"state": Decision.AGREED, "decided_by": leader, "decided_on": today()}
    own = side.mark("slips.SlipRequest.what", "office", "of staff")
    ready = asked(side.people["mentor"].account, own, whom=Whom.STAFF, **agreed)
    named = side.mark("slips.SlipRequest.what", "office adviser", "to print")
    childs = asked(
        child.person.account, f"{child.person.name}（{named}）", whom=Whom.STUDENTS, student=child, **agreed
    )
    # Where the clerk worked before: nobody else is in office there, so that the bureau decides.
    there = side.elsewhere.school
    once = asked(
        clerk.account, side.mark("slips.SlipRequest.what", "", "elsewhere"), whom=Whom.STAFF, school=there,
        state=Decision.AGREED, decided_by=leader, decided_on=today(),
    )  # fmt: skip
    side.keys("slips:print", (ready, "clerk"), (childs, "clerk"), (once, ""))
    above = side.mark("slips.SlipRequest.what", "office", "about a leader")
    highest = asked(leader.account, above, whom=Whom.STAFF, above=True)
    for step in ("agree", "refuse"):
        side.keys(
            f"slips:{step}",
            (highest, f"office {bureaus}"),  # first, as of the other school one is asked
            (waits, "office adviser"),
            (ready, "office"),
            (once, bureaus),
        )
    side.expect(
        "clerk",
        "agenda:agenda",
        lambda page: "" if "2 份启用字条可以打印了" in page else "counts what is not his own",
    )
    links = {link.person_id: link for link in child.guardian_links.all()}
    side.keys(
        "slips:guardian",
        (links[side.people["guardian"].pk], "clerks"),
        (links[side.people["restricted_guardian"].pk], ""),
    )
    side.keys("slips:officer", (clerk.grants.get(school=school), "city"))
    side.send("slips:new", whom="staff")
    side.send("slips:new", whom="guardians", group=str(side.troupe.class_1.pk))
