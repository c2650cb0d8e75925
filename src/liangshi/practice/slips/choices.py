from django.db.models import TextChoices


class Kind(TextChoices):
    FIRST = "first", "启用"
    RESET = "reset", "重设密码"
    MET = "met", "当面核实"


class Whom(TextChoices):
    STUDENTS = "students", "学生"
    GUARDIANS = "guardians", "家长"
    STAFF = "staff", "教职工"


GOOD_DAYS = 7  # after the second person's word the slips may be printed
