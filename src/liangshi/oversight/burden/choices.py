"""What the budget is counted for. Which forms there are, what they ask and what it costs, each room says in its face
(`foundation.base.faces`): the seconds are estimates for one filling-in on a phone; where a form is timed, the page
shows the measured medians beside them. A form that mentors meet and that no face names, or a field that is compulsory
and not counted, is a mistake that a test finds.
"""

from __future__ import annotations

from decimal import Decimal

MENTEES = 15
DEFAULT_CAP = Decimal("6.0")  # hours a year for a mentor of 15
