from liangshi.foundation.audit.types import Leaves, Shown, declare

CREATED = declare("round.created", "建立匹配轮次", Leaves.NONE)
CHANGED = declare("round.changed", "修改匹配轮次的设置", Leaves.NONE)
REFRESHED = declare("round.refreshed", "更新匹配轮次的名单", Leaves.NONE)
QUOTA = declare("round.quota", "修改本轮导师名额", Leaves.NONE)
CHECKED = declare("round.checked", "检查匹配可行性", Leaves.NONE)
OPENED = declare("round.opened", "开启志愿填报", Leaves.NONE)
CLOSED = declare("round.closed", "截止志愿填报", Leaves.NONE)
STARTED = declare("round.run", "开始运算", Leaves.NONE)
COMPARED = declare("round.compared", "比较三种匹配目标", Leaves.NONE)
AIM_CHOSEN = declare("round.aim_chosen", "换用另一种匹配目标", Leaves.NONE)
PROPOSED = declare("round.proposed", "得出匹配提案", Leaves.NONE)
FAILED = declare("round.failed", "运算没有完成", Leaves.DETAIL)
PUBLISHED = declare("round.published", "公布匹配结果", Leaves.NONE)
VOIDED = declare("round.voided", "作废匹配轮次", Leaves.DETAIL)
STUDENT_LEFT = declare("round.student_left", "学生退出本轮匹配", Leaves.DETAIL)
WISHES_SAVED = declare("wish.saved", "保存志愿", Leaves.NONE)
WISHES_CORRECTED = declare("wish.corrected", "办公室更正志愿", Leaves.DETAIL)
CONFIRMED = declare("round.confirmed", "确认一轮匹配的提案", Leaves.NONE)
ABORTED = declare("programme.aborted", "中止整个匹配", Leaves.DETAIL)
PROGRAMME_PUBLISHED = declare("programme.published", "公布匹配结果", Leaves.NONE)
SETTLED = declare("programme.settled", "试谈期结束，匹配固化", Leaves.NONE)
CLOSED_WITH_YEAR = declare("programme.closed", "匹配随学年关闭", Leaves.NONE)
MENTORS_ASKED = declare("round.mentors_asked", "请导师回应", Leaves.NONE)
# The office reads how many answered what, never who about whom.
ANSWERED = declare("answer.saved", "导师回应", Leaves.NONE, shown=Shown.NOT)
CLUB_CHOSEN = declare("wish.club_chosen", "选择社团", Leaves.NONE)
# The office reads how many objected, never who.
OBJECTED = declare("wish.objected", "对续任提出不同意见", Leaves.NONE, shown=Shown.NOT)
OBJECTION_BACK = declare("wish.objection_withdrawn", "收回对续任的不同意见", Leaves.NONE, shown=Shown.NOT)
WISHES_READ = declare("wish.read", "查看学生志愿", Leaves.NONE, read=True)
PROPOSAL_READ = declare("round.proposal_read", "查看匹配提案", Leaves.NONE, read=True, glance=True)
RESULT_READ = declare(
    "round.result_read", "查看匹配结果", Leaves.NONE, read=True, glance=True
)  # once published
STUDENTS_LISTED = declare("round.students", "看志愿填报进度", Leaves.NONE, read=True, glance=True)
# Whom a mentor finds there has ranked him: the office, which reads a student's page of the log, must not learn that.
ANSWERS_READ = declare("answer.read", "看要回应的学生", Leaves.NONE, read=True, glance=True, shown=Shown.NOT)
MOVED = declare("round.moved", "公布前个别调整", Leaves.DETAIL)
MOVE_UNDONE = declare("round.move_undone", "撤销一处个别调整", Leaves.NONE)
MOVES_UNDONE = declare("round.moves_undone", "撤销全部个别调整", Leaves.NONE)
FAIRNESS_SEEN = declare("round.fairness_seen", "校领导看过公平情况", Leaves.NONE)
PROOF_TAKEN = declare("round.proof_taken", "下载复核凭证", Leaves.NONE, read=True)
