from django.db.models import TextChoices


class Role(TextChoices):
    """The hats. One is worn at a time; rights never add up."""

    CITY = "city", "市教育局"
    COUNTY = "county", "县区教育局"
    LEADER = "leader", "校领导"
    CLERK = "clerk", "学校办公室"
    GRADE_HEAD = "grade_head", "年级组长"
    ADVISER = "adviser", "班主任"
    MENTOR = "mentor", "导师"
    STAFF = "staff", "教职工"
    STUDENT = "student", "学生"
    GUARDIAN = "guardian", "家长"


# Given by grant, with approver and expiry; the others follow from posts and relations.
GRANTED = (Role.CITY, Role.COUNTY, Role.LEADER, Role.CLERK, Role.GRADE_HEAD)


class Way(TextChoices):
    """How a grant came into force. Everything but the first needs its one reason."""

    TWO = "two", "两人"
    KEYBOARD = (
        "keyboard",
        "服务器上确认",
    )  # the only officer of the city proposed it, the operator confirmed it
    FOUNDING = "founding", "首位管理员"  # of an empty school or of the city's bureau
    EARLIER = "earlier", "一人批准"  # given before another person had to agree; runs out within a year


class Does(TextChoices):
    """What a proposal does when it is agreed to."""

    NEW = "new", "授予"
    EXTEND = "extend", "续任"
    REPLACE = "replace", "接替"
    RESIGN = "resign", "卸任"
