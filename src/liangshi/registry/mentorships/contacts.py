"""What a text that students read must not hold: a private way to reach somebody."""

from __future__ import annotations

import re
import unicodedata

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
