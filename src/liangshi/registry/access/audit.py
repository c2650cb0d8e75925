from liangshi.foundation.audit.types import Leaves, Shown, declare

HAT_CHANGED = declare("access.hat", "切换身份", Leaves.NONE)
GRANT_PROPOSED = declare("access.proposed", "提出授予身份", Leaves.NONE)
GRANT_REFUSED = declare("access.refused", "不同意授予身份", Leaves.NONE)
GRANT_WITHDRAWN = declare("access.withdrawn", "撤回授予身份的提议", Leaves.NONE)
GRANTED = declare("access.granted", "授予身份", Leaves.NONE)
FOUNDED = declare("access.founded", "首位管理员，无第二人批准", Leaves.NONE)
REVOKED = declare("access.revoked", "结束身份", Leaves.NONE)
CODE_HANDED = declare("access.code", "给有身份的人发启用码", Leaves.NONE)
CITY_FOUNDED = declare("city.founded", "建立市级教育局和首位管理员", Leaves.NONE)
FIRST_CODE = declare("city.first_code", "重发首位管理员的启用码", Leaves.NONE)
LIST_TAKEN = declare("list.taken", "下载名单", Leaves.NONE, read=True)
# Whom a form lets choose from: those whom its reader meets every day.
OFFERED = declare("student.offered", "在表单里看到姓名", Leaves.NONE, read=True, glance=True, shown=Shown.NOT)
