"""Who may do what with rounds, wishes and answers."""

from liangshi.practice.matching import audit
from liangshi.practice.matching.models import Round, RoundMentor, RoundStudent
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import ALL_STAFF, OFFICE, PUBLIC, File, Resource, Scope, permit, routes

ROUND = Resource("round", Round)
ANSWER = Resource("answer", RoundMentor, confidential=True)
WISH = Resource("wish", RoundStudent, confidential=True)

ROUND_READ = permit("round.read", ROUND, "看匹配轮次的进度和结果", OFFICE, "校领导看不到谁填了谁")
ROUND_MANAGE = permit(
    "round.manage", ROUND, "匹配轮次：建立、开启、截止、运算、调整", {Role.CLERK: Scope.SCHOOL}
)
ROUND_PUBLISH = permit("round.publish", ROUND, "公布匹配结果", OFFICE)
ROUND_ADJUST = permit("round.adjust", ROUND, "公布前给个别学生调整导师", OFFICE, "每处都选原因，留有记录")
ROUND_OVERRIDE = permit(
    "round.override",
    ROUND,
    "同意把学生安排给他回避的老师",
    {Role.LEADER: Scope.SCHOOL},
    "须写明理由，亲属一律不行",
)
ROUND_FAIRNESS = permit("round.fairness", ROUND, "公布前看过公平情况（打勾）", {Role.LEADER: Scope.SCHOOL})
ROUND_PROOF = permit(
    "round.proof", ROUND, "下载一轮匹配的复核凭证", {Role.CLERK: Scope.SCHOOL}, "没有姓名和编号，下载有记录"
)
ROUND_RULES = permit(
    "round.rules",
    ROUND,
    "看匹配规则、抽签依据和志愿满足比例",
    {
        **dict.fromkeys((*ALL_STAFF, Role.STUDENT), Scope.SCHOOL),
        Role.GUARDIAN: Scope.CHILDREN,
    },
)
ANSWER_WRITE = permit(
    "answer.write",
    ANSWER,
    "回应选自己的学生，对续任提出不同意见",
    {Role.MENTOR: Scope.SELF},
    "学生和家长都看不到；学校办公室只看人数",
)
WISH_WRITE = permit(
    "wish.write",
    WISH,
    "填报志愿",
    {Role.STUDENT: Scope.SELF},
    "截止后只有学校办公室能改，且留有记录；老师看不到回避名单",
)
WISH_CORRECT = permit(
    "wish.correct", WISH, "截止后更正志愿", {Role.CLERK: Scope.SCHOOL}, "须写原因，留有记录"
)

routes(
    "rounds",
    {
        "list": ROUND_READ,
        "new": ROUND_MANAGE,
        "round": ROUND_READ,
        "settings": ROUND_MANAGE,
        "deadline": ROUND_MANAGE,
        "mentors": ROUND_READ,
        "quota": ROUND_MANAGE,
        "refresh": ROUND_MANAGE,
        "feasibility": ROUND_MANAGE,
        "open": ROUND_MANAGE,
        "students": ROUND_READ,
        "drop": ROUND_MANAGE,
        "correct": WISH_CORRECT,
        "close": ROUND_MANAGE,
        "void": ROUND_MANAGE,
        "run": ROUND_MANAGE,
        "progress": ROUND_READ,
        "result": ROUND_READ,
        "loads": ROUND_READ,
        "compare": ROUND_READ,
        "compare_start": ROUND_MANAGE,
        "choose_aim": ROUND_MANAGE,
        "confirm": ROUND_MANAGE,
        "ask_mentors": ROUND_MANAGE,
        "programme": ROUND_READ,
        "add_round": ROUND_MANAGE,
        "abort": ROUND_MANAGE,
        "outcome": ROUND_READ,
        "outcome_loads": ROUND_READ,
        "released": ROUND_READ,
        "left": ROUND_READ,
        "publish": ROUND_PUBLISH,
        "answer": ANSWER_WRITE,
        "say": ANSWER_WRITE,
        "my_club": WISH_WRITE,
        "my_keep": WISH_WRITE,
        "rules": ROUND_RULES,
        "moves": ROUND_ADJUST,
        "board": ROUND_ADJUST,
        "move": ROUND_ADJUST,
        "undo": ROUND_ADJUST,
        "undo_all": ROUND_ADJUST,
        "fairness": ROUND_READ,
        "fairness_seen": ROUND_FAIRNESS,
        "verify": ROUND_RULES,
        "proof": ROUND_PROOF,
        "mine": WISH_WRITE,
        "my_round": WISH_WRITE,
        "my_mentors": WISH_WRITE,
        "my_wishes": WISH_WRITE,
        "my_reasons": WISH_WRITE,
        "lottery_script": PUBLIC,
    },
    reads={
        "mentors": File("导师名额"),
        "students": (audit.STUDENTS_LISTED, File("填报进度")),
        "drop": audit.STUDENTS_LISTED,
        "correct": audit.WISHES_READ,
        **{
            name: (audit.PROPOSAL_READ, audit.RESULT_READ, File(word))
            for name, word in {
                "result": "匹配安排（按学生）",
                "loads": "匹配安排（按导师）",
                "outcome": "全部安排（按学生）",
                "outcome_loads": "全部安排（按导师）",
                "released": "不再续任的学生",
                "left": "登记了原因的学生",
            }.items()
        },
        "answer": audit.ANSWERS_READ,
        "moves": audit.PROPOSAL_READ,
        "board": audit.PROPOSAL_READ,
        "move": (audit.PROPOSAL_READ, audit.WISHES_READ),
        "proof": audit.PROOF_TAKEN,
    },
    confidential=("result", "outcome", "left", "moves"),
)
