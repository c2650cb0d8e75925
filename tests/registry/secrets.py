"""What the registry plants: names, numbers, phones, and what offices note about people."""

from __future__ import annotations

import datetime as dt

from liangshi.foundation.base.clock import today
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import GrantProposal, RoleGrant
from liangshi.registry.mentorships.models import MentorProfile, NotMentoringSpan
from liangshi.registry.people.models import Club, Enrolment, StudentSpan
from tests.cast import givers
from tests.walk.people import NOBODY
from tests.walk.world import Side

PUBLIC = {
    "mentorships.RatioException.asked_as": "the code of a hat",
    "access.GrantProposal.asked_as": "the code of a hat",
    "schools.Bureau.official_name": "the name of an authority",
    "schools.Bureau.short_name": "the name of an authority",
    "schools.Bureau.region_code": "a code of the state",
    "schools.School.code": "a code of the state",
    "schools.School.name": "the name of a school",
    "schools.School.short_name": "the name of a school",
    "schools.CalendarEvent.entry_years": "years of entry",
    "schools.CompulsoryField.form": "the key of a form",
    "schools.CompulsoryField.field": "the key of a field",
    "people.Person.search": "derived from the name, which is planted, and shown nowhere",
    "people.Person.mobile_digest": "a keyed digest",
    "people.Student.national_digest": "a keyed digest",
    "mentorships.MentorProfile.good_at": "codes of strategies",
    "accounts.Account.password": "a digest",
    "accounts.Account.former_password": "a digest",
    "accounts.Account.recovery_digest": "a keyed digest",
    "accounts.Account.narrowed_to": "the key of a school",
    "accounts.ActivationCode.place": "the key of a school",
    "accounts.ActivationCode.code_digest": "a keyed digest",
    **dict.fromkeys(
        ("accounts.Device.token_digest", "accounts.Device.address", "accounts.Device.pin"), "a digest"
    ),
    "accounts.Device.session_key": "the key of a session, shown nowhere",
    **{f"accounts.FailedTry.{name}": "a keyed digest" for name in ("login", "address", "browser")},
    "accounts.FailedTry.place": "four digits of a school's code",
}

LISTED = "office grade_head adviser mentors"  # who has student 0 on a list


def plant(side: Side) -> None:
    _students(side)
    _families(side)
    _colleagues(side)
    _offices(side)
    _years(side)


def _students(side: Side) -> None:
    who, mark = side.student, side.mark
    who.national_no = mark("people.Student.national_no", at={"clerks": "rosters:export_full"})
    who.aux_no = mark("people.Student.aux_no", at={"clerks": "rosters:export_full"})
    who.school_no = mark("people.Student.school_no", LISTED)
    who.save()
    Enrolment.objects.filter(student=who).update(
        seat_no=mark("people.Enrolment.seat_no", f"{LISTED} student guardian")
    )
    StudentSpan.objects.filter(student=who).update(note=mark("people.StudentSpan.note", "clerks"))
    club = Club.objects.create(
        year=side.troupe.year, name=mark("people.Club.name", "student"), adviser=side.posts["mentor"]
    )
    club.members.create(student=who, starts_on=today() - dt.timedelta(days=30))
    side.keys("student", *((side.students[n], side.students[n]) for n in (0, 1, 5, 6)))
    side.older.track = mark(
        "schools.ClassGroup.track",
        "office far_mentor",
        at={"staff": "talks:event_new"},
        must="clerk far_mentor",
    )
    side.older.save()
    side.keys("class", (side.troupe.class_1, side.troupe.class_1), (side.troupe.class_2, side.troupe.class_2),
              (side.older, side.older))  # fmt: skip
    side.keys("cohort", (side.troupe.cohort, side.troupe.cohort))


def _families(side: Side) -> None:
    """A phone is shown where somebody asked for it. The restricted father is father of another student too."""
    shown = {"clerks": "dossier:contact rosters:export_full", "adviser mentors": "dossier:contact"}
    readers = {"guardian": shown, "restricted_guardian": {"clerks": "rosters:export_full"}, "barred": {}}
    for key, at in readers.items():
        who = side.people[key]
        who.mobile = side.mark("people.Person.mobile", what=key, at=at)
        who.save()


def _colleagues(side: Side) -> None:
    mentor, mark = side.posts["mentor"], side.mark
    readers = {"staff_no": "office", "subject": "staff pupils guardian", "title": "clerks", "duty": "clerks"}
    for name, whose in readers.items():
        setattr(mentor, name, mark(f"people.Staff.{name}", whose))
    mentor.save()
    mentor.person.mobile = mark("people.Person.mobile", what="mentor", at={"clerks": "rosters:export_full"})
    mentor.person.save()
    told = {
        name: mark(f"mentorships.MentorProfile.{name}", "staff pupils guardian")
        for name in ("intro", "interests")
    }
    MentorProfile.objects.create(staff=mentor, **told)
    side.expect(
        "mentor", "dossier:profile", lambda page: "" if told["intro"] in page else "is not about himself"
    )
    leader, until = side.people["leader"], today() + dt.timedelta(days=30)
    two = {"asked_by": leader, "decided_by": side.people["clerk"], "state": "agreed", "decided_on": today()}
    live = mentor.ratio_exceptions.create(
        extra=1,
        reason=mark("mentorships.RatioException.reason", "office"),
        until=until,
        person=mentor.person,
        **two,
    )
    side.posts["far_mentor"].ratio_exceptions.create(
        extra=1, reason=mark("mentorships.RatioException.reason", "office", "voided"), until=until, **two,
        person=side.people["far_mentor"],
        voided_at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
        void_reason=mark("mentorships.RatioException.void_reason", "office"),
    )  # fmt: skip
    side.posts["far_mentor"].ratio_exceptions.create(
        extra=1, reason=mark("mentorships.RatioException.reason", "office", "waiting"), until=until,
        person=side.people["far_mentor"], asked_by=leader, asked_as="leader",
    )  # fmt: skip
    NotMentoringSpan.objects.create(
        staff=side.posts["leader"], person=leader, reason="newcomer", review_on=until, starts_on=today(),
        decided_by=side.people["clerk"],
    )  # fmt: skip
    side.keys(
        "staff", *((side.posts[name], side.posts[name]) for name in ("adviser", "mentor", "far_mentor"))
    )
    side.keys("rosters:exception_void", (live, "leader"))
    for route in ("exception_agree", "exception_refuse"):
        side.keys(f"rosters:{route}", (live, "office"))


def _offices(side: Side) -> None:
    grant, readers = side.people["leader"].grants.get(), "city office"
    grant.title, grant.reason = (
        side.mark("access.RoleGrant.title"),
        side.mark("access.RoleGrant.reason", readers),
    )
    grant.save()
    _proposals(side, readers)
    side.people["mentor"].account.login = side.mark("accounts.Account.login", at={"clerk": "slips:print"})
    side.people["mentor"].account.save()
    clerk = side.people["clerk"].grants.get(school=side.troupe.school)
    for route in ("extend", "replace", "end", "code"):
        side.keys(f"dashboards:grant_{route}", (clerk, "city leader"))
    side.keys("dashboards:grant_resign", (grant, "city leader"))
    for name in ("mentor", "guardian"):
        who = side.people[name]
        device = who.account.devices.create(
            token_digest=f"{side.tag}{name}",
            kind="phone",
            browser="wechat",
            address="-",
            seen_on=today(),
            own=True,
        )
        side.keys("home:device_end", (device, who))


def _proposals(side: Side, readers: str) -> None:
    """One that waits, one that was taken back, and a grant that was ended."""
    mark, school, day = side.mark, side.troupe.school, today()
    one, two = givers()
    row = GrantProposal.objects.create(
        asked_by=side.world.cast.people["city"], asked_as=Role.CITY, role=Role.CLERK, school=school,
        ends_on=day + dt.timedelta(days=90), name=mark("access.GrantProposal.name", readers),
        staff_no=mark("access.GrantProposal.staff_no", readers), title=mark("access.GrantProposal.title"),
        reason=mark("access.GrantProposal.reason", readers),
    )  # fmt: skip
    for step in ("agree", "refuse"):
        side.keys(f"dashboards:proposal_{step}", (row, "city office"))
    side.keys("dashboards:proposal_withdraw", (row, "city leader"))
    GrantProposal.objects.create(
        asked_by=one, asked_as=Role.CITY, role=Role.CLERK, school=school, ends_on=day + dt.timedelta(days=90),
        name="撤回的", reason="任命", voided_at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
        void_reason=mark("access.GrantProposal.void_reason"),
    )  # fmt: skip
    RoleGrant.objects.create(
        person=side.people["grade_head"], role=Role.CLERK, school=school, starts_on=day - dt.timedelta(days=60),
        ends_on=day - dt.timedelta(days=9), reason="任命", proposed_by=one, decided_by=two, ended_by=two,
        ended_at=dt.datetime(2026, 11, 15, tzinfo=dt.UTC), ended_reason=mark("access.RoleGrant.ended_reason", readers),
    )  # fmt: skip


def _years(side: Side) -> None:
    school, year = side.troupe.school, side.troupe.year
    day = today() + dt.timedelta(days=5)
    title = side.mark(
        "schools.CalendarEvent.title", "staff pupils", at={NOBODY: "agenda:feed"}, must="staff pupils"
    )
    event = year.events.create(kind="midterm", title=title, starts_on=day, last_on=day)
    side.keys("school", (school, school))
    side.keys("dashboards:bureau_grants", (school.bureau, "city"))
    side.keys("dashboards:bureau_grant_new", (school.bureau, "city"))
    side.keys("year", (year, year))
    for route in ("year", "event_new", "year_close", "year_reopen"):
        side.keys(f"dashboards:{route}", (year, year))
    side.keys("dashboards:term", ({"pk": year.pk, "seq": 1}, year))
    for route in ("event", "event_withdraw"):
        side.keys(f"dashboards:{route}", ({"pk": year.pk, "event": event.pk}, year))
