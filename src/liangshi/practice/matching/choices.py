"""States of a programme and its rounds, and the tables of their moves."""

from django.db.models import TextChoices

from liangshi.foundation.base.states import Moves
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

PROGRAMME_MOVES: Moves = {
    "edit": (frozenset({_P.DRAFT, _P.FEASIBLE}), _P.DRAFT),
    "check": (frozenset({_P.DRAFT, _P.FEASIBLE}), _P.FEASIBLE),
    "open": (frozenset({_P.FEASIBLE, _P.RUNNING}), _P.RUNNING),
    "resume": (frozenset({_P.RUNNING, _P.READY}), _P.RUNNING),  # a proposal fell, or somebody falls on
    "ready": (frozenset({_P.RUNNING, _P.READY}), _P.READY),
    "publish": (frozenset({_P.READY}), _P.PUBLISHED),
    "try": (frozenset({_P.PUBLISHED}), _P.TRIAL),
    "settle": (frozenset({_P.PUBLISHED, _P.TRIAL}), _P.SETTLED),
    "close": (frozenset({_P.SETTLED}), _P.CLOSED),
    "abort": (UNPUBLISHED, _P.ABORTED),
}
PROGRAMME_MOVE_LABELS = {
    "edit": "修改",
    "check": "检查可行性",
    "open": "开启一轮",
    "resume": "继续匹配",
    "ready": "等待公布",
    "publish": "公布结果",
    "try": "进入试谈期",
    "settle": "固化",
    "close": "关闭",
    "abort": "中止",
}


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
MOVES: Moves = {
    "edit": (IN_PREPARATION, _S.DRAFT),  # every change asks for a new proof
    "check": (IN_PREPARATION, _S.FEASIBLE),
    "open": (frozenset({_S.FEASIBLE}), _S.OPEN),
    "close": (frozenset({_S.OPEN}), _S.CLOSED),
    "run": (frozenset({_S.CLOSED, _S.RUNNING, _S.PROPOSED}), _S.RUNNING),  # RUNNING: after a killed worker
    "propose": (frozenset({_S.RUNNING}), _S.PROPOSED),
    "fail": (frozenset({_S.RUNNING}), _S.CLOSED),
    "reopen_input": (FROZEN, _S.CLOSED),
    "choose_aim": (FROZEN, _S.CLOSED),
    "confirm": (frozenset({_S.PROPOSED}), _S.CONFIRMED),
    "publish": (frozenset({_S.PROPOSED, _S.CONFIRMED}), _S.PUBLISHED),
    "void": (IN_PREPARATION | (UNDER_WAY - {_S.CONFIRMED}), _S.VOID),
}
MOVE_LABELS = {
    "edit": "修改设置",
    "check": "检查可行性",
    "open": "开启填报",
    "answer": "请导师回应",
    "close": "截止",
    "run": "运算",
    "propose": "给出提案",
    "fail": "停止运算",
    "reopen_input": "更正志愿",
    "choose_aim": "换目标",
    "confirm": "确认这一轮",
    "publish": "公布结果",
    "void": "作废",
}


class Verdict(TextChoices):
    """What a mentor answers of a student who ranked him. Silence is WILLING."""

    WILLING = "willing", "愿意"
    FAIR = "fair", "一般"
    UNFIT = "unfit", "暂不合适"


# Why a student of the programme is given no mentor by it: a reason to be without one, or he has one already.
ARRANGED = "arranged"
LEFT_CAUSES = [*Exempt.choices, (ARRANGED, "已另行安排导师")]


class Withheld(TextChoices):
    """Why a placement did not come into force when the result was published."""

    LEFT = "left", "已离校或休学"
    ARRANGED = "arranged", "已另有导师"
    MENTOR_OUT = "mentor_out", "排到的老师已不任导师"


class RunState(TextChoices):
    QUEUED = "queued", "排队"
    RUNNING = "running", "运算中"
    DONE = "done", "完成"
    FAILED = "failed", "没有完成"
    DROPPED = "dropped", "已被新的运算取代"


UNFINISHED = frozenset({RunState.QUEUED, RunState.RUNNING})


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
