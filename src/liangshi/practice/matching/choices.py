"""States of a programme and its rounds, and the tables of their moves."""

from django.db.models import TextChoices

from liangshi.foundation.base.workflow import Move, Workflow
from liangshi.registry.mentorships.choices import Exempt

# What is compulsory in the form of a mentor, with the seconds that it takes on a phone.
COMPULSORY: dict[str, dict[str, int]] = {"answer": {"verdict": 2}}


class ProgrammeKind(TextChoices):
    NEW = "new", "新配"
    REVIEW = "review", "复核"


class ProgrammeState(TextChoices):
    DRAFT = "draft", "草稿"
    FEASIBLE = "feasible", "可行"
    RUNNING = "running", "进行中"
    READY = "ready", "待公布"
    PUBLISHED = "published", "已公布"
    TRIAL = "trial", "试谈期"
    SETTLED = "settled", "已固化"
    CLOSED = "closed", "关闭"
    ABORTED = "aborted", "中止"


_P = ProgrammeState
GROWING = frozenset({_P.DRAFT, _P.FEASIBLE, _P.RUNNING})  # rounds may still be added
UNPUBLISHED = GROWING | {_P.READY}
TOLD = frozenset({_P.PUBLISHED, _P.TRIAL, _P.SETTLED, _P.CLOSED})  # everybody knows the result

PROGRAMME = Workflow(
    ProgrammeState,
    tones={
        _P.FEASIBLE: "info",
        _P.RUNNING: "info",
        _P.READY: "warn",
        _P.PUBLISHED: "good",
        _P.TRIAL: "good",
        _P.SETTLED: "good",
    },
    edit=Move("修改", _P.DRAFT, _P.FEASIBLE, to=_P.DRAFT),
    check=Move("检查可行性", _P.DRAFT, _P.FEASIBLE, to=_P.FEASIBLE),
    open=Move("开启一轮", _P.FEASIBLE, _P.RUNNING, to=_P.RUNNING),
    # a proposal fell, or somebody falls on
    resume=Move("继续匹配", _P.RUNNING, _P.READY, to=_P.RUNNING),
    ready=Move("等待公布", _P.RUNNING, _P.READY, to=_P.READY),
    publish=Move("公布结果", _P.READY, to=_P.PUBLISHED),
    try_out=Move("进入试谈期", _P.PUBLISHED, to=_P.TRIAL),
    settle=Move("固化", _P.PUBLISHED, _P.TRIAL, to=_P.SETTLED),
    close=Move("关闭", _P.SETTLED, to=_P.CLOSED),
    abort=Move("中止", *UNPUBLISHED, to=_P.ABORTED),
)


class RoundState(TextChoices):
    DRAFT = "draft", "草稿"
    FEASIBLE = "feasible", "可行"
    OPEN = "open", "填报中"
    ANSWERING = "answering", "导师回应中"
    CLOSED = "closed", "截止"
    RUNNING = "running", "运算中"
    PROPOSED = "proposed", "提案"
    CONFIRMED = "confirmed", "已确认"
    PUBLISHED = "published", "已公布"
    VOID = "void", "作废"


_S = RoundState
IN_PREPARATION = frozenset({_S.DRAFT, _S.FEASIBLE})
UNDER_WAY = frozenset({_S.OPEN, _S.ANSWERING, _S.CLOSED, _S.RUNNING, _S.PROPOSED, _S.CONFIRMED})
FROZEN = frozenset({_S.CLOSED, _S.PROPOSED})  # the wishes are in, nothing is published, nothing computing
RESULT = frozenset({_S.PROPOSED, _S.CONFIRMED, _S.PUBLISHED})  # there is a certified result
ANNOUNCED = UNDER_WAY | {_S.PUBLISHED}  # what students and teachers may know of

# Of a round of wishes; the other modes say where they differ.
ROUND = Workflow(
    RoundState,
    tones={
        _S.FEASIBLE: "info",
        _S.OPEN: "info",
        _S.ANSWERING: "info",
        _S.CLOSED: "warn",
        _S.RUNNING: "info",
        _S.PROPOSED: "warn",
        _S.CONFIRMED: "good",
        _S.PUBLISHED: "good",
    },
    # every change asks for a new proof
    edit=Move("修改设置", *IN_PREPARATION, to=_S.DRAFT),
    check=Move("检查可行性", *IN_PREPARATION, to=_S.FEASIBLE),
    open=Move("开启填报", _S.FEASIBLE, to=_S.OPEN),
    close=Move("截止", _S.OPEN, to=_S.CLOSED),
    # RUNNING: after a killed worker
    run=Move("运算", _S.CLOSED, _S.RUNNING, _S.PROPOSED, to=_S.RUNNING),
    propose=Move("给出提案", _S.RUNNING, to=_S.PROPOSED),
    fail=Move("停止运算", _S.RUNNING, to=_S.CLOSED),
    reopen_input=Move("更正志愿", *FROZEN, to=_S.CLOSED),
    choose_aim=Move("换目标", *FROZEN, to=_S.CLOSED),
    confirm=Move("确认这一轮", _S.PROPOSED, to=_S.CONFIRMED),
    publish=Move("公布结果", _S.PROPOSED, _S.CONFIRMED, to=_S.PUBLISHED),
    void=Move("作废", *(IN_PREPARATION | UNDER_WAY - {_S.CONFIRMED}), to=_S.VOID),
)


class Verdict(TextChoices):
    """What a mentor answers of a student who ranked him. Silence is WILLING."""

    WILLING = "willing", "愿意"
    FAIR = "fair", "一般"
    UNFIT = "unfit", "暂不合适"


# Why a student of the programme is given no mentor by it: a reason to be without one, or he has one already.
ARRANGED = "arranged"
NEVER = "不能安排"  # of whom a student is not given, whyever
LEFT_CAUSES = [*Exempt.choices, (ARRANGED, "已另行安排导师")]


class Withheld(TextChoices):
    """Why a placement did not come into force when the result was published."""

    LEFT = "left", "已离校或休学"
    ARRANGED = "arranged", "已另有导师"
    MENTOR_OUT = "mentor_out", "排到的老师已不任导师"
    NOT_GIVEN = "not_given", "排到的老师不能带这名学生"


class MoveReason(TextChoices):
    """Why the office gave one student another mentor than the computed one."""

    LODGING = "lodging", "照顾住宿安排"
    SPECIAL = "special", "特殊支持需要"
    RELATIVE = "relative", "亲属关系"
    AGREED = "agreed", "师生双方同意"
    TEACHING = "teaching", "任课班级调整"
    OTHER = "other", "其他（写一句）"


# What everybody may read; the others would tell something about a student or his family.
TOLD_REASONS = frozenset({MoveReason.LODGING, MoveReason.AGREED, MoveReason.TEACHING})
