"""Made-up names, numbers and sentences, drawn from short lists by one seeded generator (the demo city, `city`)."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import Counter

from liangshi.registry.people.choices import Gender
from liangshi.registry.people.codes import check_character
from liangshi.registry.schools.choices import Strategy

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
FIRST = {Gender.MALE: "明思子浩文嘉承景立修远泽宇知星一", Gender.FEMALE: "雨思若静雅欣梦语书晓清芷安知星一"}
SECOND = {Gender.MALE: "轩远航辰博然恒川松岳毅之舟谦朗", Gender.FEMALE: "桐涵萱宁琪怡妍禾霏瑶岚月溪予"}

OPENINGS = (
    "教{subject}第 {years} 年，当过两届班主任。",
    "我教{subject}，也带{hobby}社。",
    "大家叫我“慢慢说老师”，教{subject}。",
    "高中时我也偏科，后来反而当了{subject}老师。",
    "教{subject}，家里两个孩子，一个正上初中。",
    "从乡镇中学调来，教{subject} {years} 年了。",
)
MIDDLES = (
    "愿意陪你把一周的时间排明白。",
    "成绩起伏的时候，我们先喝杯水，再看卷子。",
    "想家、失眠、和同学闹别扭，都可以来说。",
    "选科拿不准，我们一起把每条路走一遍看看。",
    "不爱讲大道理，喜欢边走操场边聊。",
    "相信每个人都有自己的时区，不催。",
    "你说的话我会替你保密，除非有人要受伤害。",
    "可以和我谈理想，也可以谈今天食堂的菜。",
)
CLOSINGS = (
    "周三下午最后一节我都在。",
    "期待认识你。",
    "话少的同学也欢迎，我们可以先写纸条。",
    "希望三年后你记得的不只是分数。",
    "先做朋友，再做师生。",
    "",
)
HOBBIES = (
    "羽毛球", "书法", "徒步", "天文观测", "合唱", "围棋", "摄影", "养多肉", "长跑", "看老电影", "木工", "桌游", "观鸟",
    "写诗", "篮球", "烘焙",
)  # fmt: skip
# Of eighteen teachers of a grade.
SUBJECTS = (
    "语文", "数学", "英语", "物理", "化学", "生物学", "思想政治", "历史", "地理", "语文", "数学", "英语",
    "体育与健康", "物理", "信息技术", "语文", "数学", "英语",
)  # fmt: skip
TITLES = ("正高级教师", "高级教师", "高级教师", "一级教师", "一级教师", "一级教师", "二级教师")
EPOCH_MS = 1_661_961_600_000  # 2022-09-01: keys of the demo city start there


class Words:
    """The same seed gives the same keys, names and numbers in the same order. `mobiles` are those given elsewhere."""

    def __init__(self, seed: int | str, mobiles: int = 0) -> None:
        self.rng = random.Random(seed)  # noqa: S311  nothing here is secret
        self._keys = 0
        self._mobiles = mobiles
        self._births: Counter[str] = Counter()
        self._logins: set[str] = set()

    def key(self) -> uuid.UUID:
        """A UUIDv7 of a made-up time, so that two loads have the same keys."""
        self._keys += 1
        low = 2 << 62 | self.rng.getrandbits(62)
        return uuid.UUID(int=(EPOCH_MS + self._keys) << 80 | 7 << 76 | self.rng.getrandbits(12) << 64 | low)

    def name(self, gender: str, surname: str = "") -> str:
        kind = Gender(gender)
        given = self.rng.choice(FIRST[kind])
        if self.rng.random() < 0.8:
            given += self.rng.choice(SECOND[kind])
        return (surname or self.rng.choice(SURNAMES)) + given

    def gender(self) -> Gender:
        return self.rng.choice((Gender.MALE, Gender.FEMALE))

    def mobile(self) -> str:
        """139 0000 0001, 139 0000 0002 … : of the right form, plainly made up."""
        self._mobiles += 1
        return f"139{self._mobiles:08d}"

    def login(self, prefix: str) -> str:
        """The prefix and six digits, once."""
        while (login := f"{prefix}{self.rng.randrange(10**6):06d}") in self._logins:
            pass
        self._logins.add(login)
        return login

    def birth(self, entry_year: int) -> dt.date:
        """Fifteen or so when entering."""
        return dt.date(entry_year - 16, 9, 1) + dt.timedelta(self.rng.randrange(365))

    def national_no(self, region: str, born: dt.date, gender: str, letter: str) -> str:
        """A 学籍号 with a sound check digit, of a region that does not exist."""
        head = f"{region}{born:%Y%m%d}"
        parity = 1 if gender == Gender.MALE else 0
        order = self._births[f"{head}{parity}"]
        self._births[f"{head}{parity}"] += 1
        first_17 = f"{head}{2 * order + parity:03d}"
        return f"{letter}{first_17}{check_character(first_17)}"

    def intro(self, subject: str) -> tuple[str, str, list[str]]:
        """How a mentor introduces himself: text, interests, strategies. No way to reach him."""
        hobbies = self.rng.sample(HOBBIES, 2)
        opening = self.rng.choice(OPENINGS).format(
            subject=subject, hobby=hobbies[0], years=self.rng.randint(4, 28)
        )
        text = opening + "".join(self.rng.sample(MIDDLES, 2)) + self.rng.choice(CLOSINGS)
        return text, "、".join(hobbies), sorted(self.rng.sample(Strategy.values, 2))
