"""How a mentor introduces himself to students. The text holds no private way to reach anybody."""

from __future__ import annotations

import re
import unicodedata

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed
from liangshi.registry.mentorships.audit import PROFILE_WRITTEN
from liangshi.registry.mentorships.models import MentorProfile
from liangshi.registry.people.models import Staff

_DIGITS = re.compile(r"(?:\d[\s\-–—·._]*){7,}")
_MAIL = re.compile(r"[\w.+-]+\s*(?:@|\(at\)|艾特)\s*[\w-]+\s*(?:\.|点)\s*\w+", re.IGNORECASE)
_APP = r"(?:微信|薇信|威信|v信|wechat|weixin|vx|wx|qq|扣扣|抖音|小红书|微博)"
_HANDLE = re.compile(rf"{_APP}(?:号|群|id)?[\s:：是为,，]*[a-z0-9][a-z0-9_-]{{4,}}", re.IGNORECASE)
_ADD = re.compile(rf"[加+]\s*(?:我|一下)?(?:的)?\s*{_APP}", re.IGNORECASE)
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


def contact_in(text: str) -> str:
    """What kind of contact a text holds (「电话号码」, 「邮箱」, …), or ""."""
    plain = unicodedata.normalize("NFKC", text)
    if _MAIL.search(plain):
        return "邮箱"
    if _HANDLE.search(plain) or _ADD.search(plain):
        return "微信、QQ 等账号"
    if _LINK.search(plain):
        return "网址"
    return "电话号码" if _DIGITS.search(plain) else ""


def write_profile(staff: Staff, *, intro: str, interests: str, good_at: list[str], actor: Doer) -> None:
    """How a mentor introduces himself. Raises `profile_has_contact`: students reach him through the school only."""
    for field, text in (("intro", intro), ("interests", interests)):
        if found := contact_in(text):
            raise DomainError(
                "profile_has_contact",
                f"这里像是写了{found}。介绍会给全校学生看，请去掉联系方式；学生会通过学校找到你。",
                field=field,
            )
    with Deed(PROFILE_WRITTEN, actor, school=staff.school_id, about=staff):
        MentorProfile.objects.update_or_create(
            staff=staff, defaults={"intro": intro, "interests": interests, "good_at": good_at}
        )
