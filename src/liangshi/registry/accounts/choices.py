"""Doors of the house, and by what somebody came through them."""

from django.db.models import TextChoices


class Door(TextChoices):
    """What is tried: a password, or the code of a slip."""

    PASSWORD = "password", "登录"
    CODE = "code", "启用"


class DeviceKind(TextChoices):
    PHONE = "phone", "手机"
    TABLET = "tablet", "平板"
    COMPUTER = "computer", "电脑"


class Browser(TextChoices):
    WECHAT = "wechat", "微信"
    WECOM = "wecom", "企业微信"
    DINGTALK = "dingtalk", "钉钉"
    QQ = "qq", "QQ"
    EDGE = "edge", "Edge"
    FIREFOX = "firefox", "Firefox"
    QUARK = "quark", "夸克"
    UC = "uc", "UC"
    CHROME = "chrome", "Chrome"
    SAFARI = "safari", "Safari"
    OTHER = "other", "浏览器"
