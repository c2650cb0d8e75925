"""The database's own refusal to give a student an adult who is his family, or whom he has named in what concerns safety:
as his mentor, as a co-mentor, or in a mentor's place. A relation that runs when the other comes to light is ended by a
deed; none begins, and none is taken up again."""

from __future__ import annotations

from liangshi.foundation.base.triggers import Triggers

BOND, CARE = "mentorships_mentorship", "mentorships_interim"
SAYS = "an adult who is kept apart from a student does not accompany him"

# Who is family today, as `apart.barred_of` asks; a link ends on the day on which somebody ends it, never later.
KIN = (
    "EXISTS (SELECT 1 FROM people_guardianlink g JOIN people_staff s ON s.person_id = g.person_id"
    " WHERE s.id = NEW.{adult} AND g.student_id = {student} AND g.ends_on IS NULL)"
)
NAMED = (
    "EXISTS (SELECT 1 FROM mentorships_apart a JOIN people_staff s ON s.person_id = a.person_id"
    " WHERE s.id = NEW.{adult} AND a.student_id = {student})"
)


def _of(table: str, adult: str, student: str, *others: str) -> Triggers:
    """`others`: what else says whose it is. Asked where a row begins to hold: it is new, opened again, or somebody else's."""
    apart = "(" + " OR ".join(each.format(adult=adult, student=student) for each in (KIN, NAMED)) + ")"
    anew = "OLD.ends_on IS NOT NULL OR " + " OR ".join(
        f"OLD.{name} <> NEW.{name}" for name in (adult, *others)
    )
    body = f"""
BEGIN
    IF NEW.ends_on IS NULL THEN
        IF TG_OP = 'UPDATE' THEN
            IF NOT ({anew}) THEN
                RETURN NEW;
            END IF;
        END IF;
        IF {apart} THEN
            RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END
"""
    return Triggers(
        table,
        says=SAYS,
        sqlite={
            "begun": f"INSERT ON {table} WHEN NEW.ends_on IS NULL AND {apart}",
            "again": f"UPDATE ON {table} WHEN NEW.ends_on IS NULL AND ({anew}) AND {apart}",
        },
        body=body,
        postgresql={"apart": "INSERT OR UPDATE"},
    )


CARED_FOR = f"(SELECT m.student_id FROM {BOND} m WHERE m.id = NEW.mentorship_id)"  # noqa: S608  our own name
GUARDS = {
    BOND: _of(BOND, "mentor_id", "NEW.student_id", "student_id"),
    CARE: _of(
        CARE,
        "caretaker_id",
        CARED_FOR,
        "mentorship_id",
    ),
}
