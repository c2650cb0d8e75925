"""What growth knows, for an actor. Rows of other people come through `visible`."""

from liangshi.practice.growth.queries.goals import (
    due_goals,
    free_seats,
    goals_of,
    room_for_goal,
    term_at,
    terms_up_to,
)
from liangshi.practice.growth.queries.portraits import (
    PortraitSeen,
    activities_of,
    career_of,
    own_activity,
    own_portrait,
    portrait_for,
    wanted_by,
)
from liangshi.practice.growth.queries.shining import (
    SHOWN,
    count_of,
    opens_page,
    own_shine,
    own_shines,
    pupil_for,
    pupils_found,
    shines_of,
    unnoticed,
)
from liangshi.practice.growth.queries.subjects import choice_of, choices_of, cohorts, window_of
from liangshi.practice.growth.queries.timeline import timeline
from liangshi.practice.growth.queries.wheel import Talks, wheel

__all__ = [
    "SHOWN",
    "PortraitSeen",
    "Talks",
    "activities_of",
    "career_of",
    "choice_of",
    "choices_of",
    "cohorts",
    "count_of",
    "due_goals",
    "free_seats",
    "goals_of",
    "opens_page",
    "own_activity",
    "own_portrait",
    "own_shine",
    "own_shines",
    "portrait_for",
    "pupil_for",
    "pupils_found",
    "room_for_goal",
    "shines_of",
    "term_at",
    "terms_up_to",
    "timeline",
    "unnoticed",
    "wanted_by",
    "wheel",
    "window_of",
]
