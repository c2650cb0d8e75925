from liangshi.foundation.audit.types import Leaves, declare

UPLOADED = declare("roster.uploaded", "上传名册", Leaves.NONE)
LEFT_OUT = declare("roster.left_out", "名册中略去有问题的行", Leaves.NONE)
OWN_POST_ASKED = declare("roster.own_post_asked", "自己的班主任任命，等另一位同意", Leaves.NONE)
OWN_POST_DECIDED = declare("roster.own_post_decided", "同意或不同意别人自己的班主任任命", Leaves.NONE)
APPLIED = declare("roster.applied", "导入名册", Leaves.DETAIL)
WRITTEN = declare("roster.written", "按名册登记或更新", Leaves.NONE)
DISCARDED = declare("roster.discarded", "放弃导入", Leaves.NONE)
EXPORTED = declare("roster.exported", "导出名册（号码隐去）", Leaves.NONE, read=True)
EXPORTED_FULL = declare("roster.exported_full", "导出名册（含学籍号、电话）", Leaves.DETAIL, read=True)
DIFFERENCE_READ = declare("roster.difference", "看名册的差异", Leaves.NONE, read=True, glance=True)
STUDENT_EDITED = declare("roster.student", "打开学生的登记页", Leaves.NONE, read=True)
