"""What each role may do and how far, written a second time, by hand and apart from the policy table.

Where the two differ, one of them is wrong. One row per permission: A all, B schools of the bureau, S school, G grade,
C own classes, M mentees, O oneself, K own children, L whom he leads in an event, . nothing.
"""

from __future__ import annotations

TABLE = """
                 city county leader clerk grade_head adviser mentor worker student guardian
org.write        A    .      .      .     .          .       .      .      .       .
school.read      A    B      S      S     .          .       .      .      .       .
calendar.read    .    .      S      S     S          S       S      S      S       .
calendar.write   .    .      .      S     .          .       .      .      .       .
year.reopen      .    .      S      .     .          .       .      .      .       .
grant.write      A    .      S      .     .          .       .      .      .       .
grant.confirm    A    .      S      S     .          .       .      .      .       .
student.read     .    .      S      S     G          C       M      .      O       K
student.search   .    .      S      S     G          C       M      .      .       .
contact.read     .    .      .      S     .          C       M      .      .       .
student.log      .    .      S      S     .          .       .      .      .       .
student.write    .    .      .      S     .          .       .      .      .       .
staff.read       .    .      S      S     S          S       S      S      .       .
staff.write      .    .      .      S     .          .       .      .      .       .
mentor.manage    .    .      S      S     .          .       .      .      .       .
mentor.exceed    .    .      S      .     .          .       .      .      .       .
mentor.exceed_agree . .      S      S     .          .       .      .      .       .
mentor.profile   .    .      .      .     .          O       O      .      .       .
class.read       .    .      S      S     G          C       .      .      .       .
roster.import    .    .      .      S     .          .       .      .      .       .
own_post.decide  .    .      S      S     .          .       .      .      .       .
slip.for_students .   .      .      S     .          .       .      .      .       .
slip.for_staff   .    .      S      S     .          .       .      .      .       .
slip.for_officers A   .      .      .     .          .       .      .      .       .
slip.decide      A    B      S      S     .          C       .      .      .       .
slip.print       A    .      O      O     .          .       .      .      .       .
need.propose     .    .      .      S     .          C       M      .      .       .
need.read        .    .      S      S     .          .       M      .      .       .
need.manage      .    .      .      S     .          .       .      .      .       .
need.decide      .    .      S      .     .          .       .      .      .       .
mentor.assign    .    .      .      S     .          .       .      .      .       .
waiting.read     .    .      S      S     .          .       .      .      .       .
year.enforce     .    .      S      .     .          .       .      .      .       .
rollover.rehearse .   .      S      S     .          .       .      .      .       .
rollover.run     .    .      S      .     .          .       .      .      .       .
rollover.reverse .    .      S      .     .          .       .      .      .       .
round.read       .    .      S      S     .          .       .      .      .       .
round.manage     .    .      .      S     .          .       .      .      .       .
round.publish    .    .      S      S     .          .       .      .      .       .
round.adjust     .    .      S      S     .          .       .      .      .       .
round.override   .    .      S      .     .          .       .      .      .       .
round.fairness   .    .      S      .     .          .       .      .      .       .
round.proof      .    .      .      S     .          .       .      .      .       .
round.rules      .    .      S      S     S          S       S      S      S       K
policy.read      .    .      S      S     .          .       .      .      .       .
policy.write     .    .      S      .     .          .       .      .      .       .
answer.write     .    .      .      .     .          .       O      .      .       .
wish.write       .    .      .      .     .          .       .      .      O       .
wish.correct     .    .      .      S     .          .       .      .      .       .
burden.read      A    B      S      S     S          S       S      S      .       .
burden.write     .    .      S      .     .          .       .      .      .       .
burden.cap       A    .      .      .     .          .       .      .      .       .
portrait.write   .    .      .      .     .          .       .      .      O       .
portrait.read    .    .      .      .     .          .       M      .      O       .
goal.write       .    .      .      .     .          .       M      .      O       .
career.write     .    .      .      .     .          .       .      .      O       .
career.read      .    .      .      .     .          .       M      .      O       .
subject.read     .    .      S      S     .          C       M      .      O       K
subject.write    .    .      .      S     .          C       .      .      O       .
subject.window   .    .      .      S     .          .       .      .      .       .
shine.write      .    .      S      S     S          S       S      S      .       .
shine.void       .    .      O      O     O          O       O      O      .       .
shine.read       .    .      .      .     .          C       M      .      O       .
shine.count      .    .      S      S     .          .       .      .      .       .
talk.write       .    .      .      .     .          .       M      L      .       .
talk.read        .    .      .      .     .          C       M      L      O       K
talk.exists      .    .      S      S     G          C       M      .      .       .
followup.write   .    .      O      O     .          .       O      O      .       .
note.write       .    .      .      .     .          .       M      .      .       .
activity.read    .    .      .      .     .          C       M      .      O       .
activity.write   .    .      .      .     .          .       O      .      .       .
event.report     .    .      S      S     S          S       S      S      O       K
event.read       .    .      S      S     .          C       M      O      .       .
event.lead       .    .      S      S     .          C       .      .      .       .
event.follow     .    .      .      .     .          C       M      O      .       .
moment.read      .    .      S      S     G          .       .      .      .       .
unmet.press      .    .      .      .     .          .       .      .      O       .
unmet.handle     .    .      S      S     .          .       .      .      .       .
meeting.read     .    .      .      .     .          .       M      .      O       .
change.ask       .    .      .      S     .          .       M      .      O       K
bond.swap        .    .      .      S     .          .       .      .      .       .
change.follow    .    .      .      O     .          .       O      .      O       O
change.decide    .    .      S      S     .          .       .      .      .       .
concern.raise    .    .      .      S     .          .       .      .      O       K
concern.follow   .    .      .      O     .          .       O      .      O       O
concern.close    .    .      S      S     .          .       .      .      .       .
change.answer    .    .      .      .     .          .       O      .      .       .
change.count     .    .      S      .     .          .       .      .      .       .
absence.manage   .    .      S      S     .          .       .      .      .       .
handover.write   .    .      .      S     .          .       O      O      O       .
"""
LETTERS = {
    "A": "city", "B": "bureau", "S": "school", "G": "grade", "C": "classes", "M": "mentees", "O": "self",
    "K": "children", "L": "led",
}  # fmt: skip


def table() -> dict[str, dict[str, str]]:
    """Permission → role (as the cast names it) → letter."""
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return {
        name: {role: mark for role, mark in zip(head, marks, strict=True) if mark != "."}
        for name, *marks in lines
    }


EXPECTED = table()
