from django.db.models import TextChoices


class Gender(TextChoices):
    """GB/T 2261.1."""

    UNKNOWN = "0", "未知"
    MALE = "1", "男"
    FEMALE = "2", "女"
    UNSTATED = "9", "未说明"


class Post(TextChoices):
    TEACHER = "teacher", "专任教师"
    MANAGER = "manager", "行政兼课"
    ASSISTANT = "assistant", "教辅"
    WORKER = "worker", "工勤"
    NURSE = "nurse", "校医"
    WARDEN = "warden", "宿管"


# 教师人人是导师: these posts mentor; the others take part as 协同育人人员.
MENTORING_POSTS = frozenset({Post.TEACHER, Post.MANAGER})


class StaffState(TextChoices):
    ON_DUTY = "on_duty", "在岗"
    MATERNITY = "maternity", "产假"
    SICK = "sick", "病假"
    AWAY = "away", "外出"
    GONE = "gone", "离职"
    RETIRED = "retired", "退休"
    SUSPENDED = "suspended", "停职"
    DIED = "died", "去世"


# Who is none of the school's working staff: his posts give him no way in.
LEFT = frozenset({StaffState.GONE, StaffState.RETIRED, StaffState.SUSPENDED, StaffState.DIED})
LEFT_FOR_GOOD = LEFT - {StaffState.SUSPENDED}


class Lodging(TextChoices):
    """就读方式 (national form)."""

    DAY = "1", "走读"
    BOARDING = "2", "住校"


class LeftBehind(TextChoices):
    """是否留守儿童 (national form 0, 1, 2; 9 where a school only says 是). Known for one purpose: fair shares."""

    NO = "0", "非留守"
    ONE_PARENT = "1", "单亲留守"
    BOTH_PARENTS = "2", "双亲留守"
    UNSPECIFIED = "9", "留守"


class StudentState(TextChoices):
    ENROLLED = "enrolled", "在读"
    GUEST = "guest", "借读"
    SUSPENDED = "suspended", "休学"
    TRANSFERRED = "transferred", "转出"
    GRADUATED = "graduated", "毕业"
    WITHDRAWN = "withdrawn", "退学"
    DIED = "died", "去世"


# 在籍在校 or 借读: who counts as a student to be given a mentor (R32).
ACTIVE = frozenset({StudentState.ENROLLED, StudentState.GUEST})
GONE = frozenset(
    {StudentState.TRANSFERRED, StudentState.GRADUATED, StudentState.WITHDRAWN, StudentState.DIED}
)  # of this school no more


class EnrolReason(TextChoices):
    ENTRY = "entry", "入学"
    STREAMED = "streamed", "分班"
    MOVED = "moved", "转班"
    JOINED = "joined", "转入"
    RETURNED = "returned", "复学"


class Relation(TextChoices):
    """GB/T 4761, as far as guardians need it."""

    FATHER = "51", "父亲"
    MOTHER = "52", "母亲"
    GRANDFATHER = "61", "祖父"
    GRANDMOTHER = "62", "祖母"
    MATERNAL_GRANDFATHER = "63", "外祖父"
    MATERNAL_GRANDMOTHER = "64", "外祖母"
    OLDER_BROTHER = "71", "兄"
    YOUNGER_BROTHER = "73", "弟"
    OLDER_SISTER = "75", "姐"
    YOUNGER_SISTER = "77", "妹"
    RELATIVE = "97", "其他亲属"
    OTHER = "99", "非亲属"


class ClubKind(TextChoices):
    CLUB = "club", "社团"
    INTEREST = "interest", "兴趣小组"
    PROJECT = "project", "项目组"
    TEAM = "team", "校队"
