"""Every component with synthetic content; also the URLs of the browser tests."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.ui.charts import Chart, Series
from liangshi.foundation.ui.errors import server_error
from liangshi.foundation.ui.forms import DateInput, PickOption, RankedField, Ranking
from liangshi.foundation.ui.pages import accept, confirm_page, form_page, progress_page
from liangshi.foundation.ui.shell import Confirm, Crumb, Hat, NavItem, Progress, Shell, Tab, TimelineEntry
from liangshi.foundation.ui.tables import NumberColumn, StateColumn, Table, arrange
from liangshi.foundation.ui.wheel import Spoke, Wheel

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def strict_csp(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The policy of stack.md 2, so that the gallery fails where the product would."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = CSP
        return response

    return middleware


NAV = [
    NavItem("首页", "/", "house", current=True),
    NavItem("学生", "/list", "users"),
    NavItem("记谈话", "/form", "plus", primary=True),
    NavItem("寄语", "/picker", "mail"),
    NavItem("我的", "/charts", "user"),
]
OFFICE_NAV = [
    NavItem("首页", "/", "house"),
    NavItem("名册", "/list", "users", current=True),
    NavItem("导入", "/form", "upload"),
    NavItem("匹配", "/picker", "shuffle"),
    NavItem("覆盖情况", "/charts", "chart-column"),
    NavItem("通知", "/confirm", "bell"),
    NavItem("设置", "/progress", "settings"),
]
HAT = Hat("导师", "示范中学", has_others=True, url="/hats", person="王雅琴老师")
OFFICE_HAT = Hat("导师制办公室", "示范市第一高级中学", has_others=False, url="/hats", person="钱为民老师")
SHELL = Shell("/", "/search", "/sign-out")


def shell(*, office: bool = False) -> dict[str, Any]:
    return {"nav": OFFICE_NAV if office else NAV, "hat": OFFICE_HAT if office else HAT, "shell": SHELL}


def home(request: HttpRequest) -> HttpResponse:
    messages.success(request, "已保存：与赵一诺的谈话（11 月 23 日）。")
    timeline = [
        TimelineEntry(
            "2026 年 11 月 20 日",
            "谈心谈话 · 学业",
            "期中考试后，说好每周三晚自习前碰一次头。",
            "/",
            "message-circle",
        ),
        TimelineEntry("2026 年 10 月 8 日", "家访", "与班主任李老师同去。", icon="house"),
        TimelineEntry("2026 年 9 月 12 日", "成为导师", "志愿优配，第 1 志愿。", icon="handshake"),
    ]
    tabs = [Tab("全部", "/", current=True, count=12), Tab("要留意", "/?s=1", count=2), Tab("已毕业", "/?s=2")]
    crumbs = [Crumb("示范中学", "/"), Crumb("高二年级", "/")]
    context = {"timeline": timeline, "tabs": tabs, "crumbs": crumbs} | shell()
    return render(request, "gallery/home.html", context)


class RosterForm(forms.Form):
    name = forms.CharField(label="姓名", help_text="和身份证上一致。")
    number = forms.CharField(label="工号", required=False)
    grade = forms.ChoiceField(
        label="年级", choices=[("", "请选"), ("1", "高一"), ("2", "高二"), ("3", "高三")]
    )
    start = forms.DateField(label="从哪天起", widget=DateInput)
    ways = forms.MultipleChoiceField(
        label="怎样联系",
        choices=[("a", "面谈"), ("b", "电话"), ("c", "家访")],
        widget=forms.CheckboxSelectMultiple,
    )
    kind = forms.ChoiceField(
        label="这是哪一种名册", choices=[("s", "学生"), ("t", "教职工")], widget=forms.RadioSelect
    )
    file = forms.FileField(label="名册文件", help_text="可以是 .xlsx、.xls 或 .csv，最大 20 MB。")
    note = forms.CharField(label="说明", widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label="我核对过，名册里没有不需要的个人信息")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if any(letter.isdigit() for letter in name):
            raise forms.ValidationError("姓名里有数字。请只写姓名。")
        return name


def form(request: HttpRequest) -> HttpResponse:
    bound = RosterForm(request.POST, request.FILES) if request.method == "POST" else RosterForm()
    return render(request, "gallery/form.html", {"form": bound} | shell())


SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
OPTIONS = [
    PickOption(
        f"T{n:02}",
        f"{surname}老师{'甲乙丙丁'[n % 4]}",
        [f"{'语文数学英语物理'[n % 4 * 2 : n % 4 * 2 + 2]} · 高二年级", "还能带 12 名学生"],
        "喜欢长跑和读书。愿意陪你把一件事做完。" if n % 3 == 0 else "",
    )
    for n, surname in enumerate(SURNAMES, 1)
]


class WishForm(forms.Form):
    mentors = RankedField(
        label="你想请哪几位老师作导师",
        help_text="按喜欢的先后选 1 到 5 位。不合适的可以回避，最多 2 位；只有学校办公室看得到。",
        options=OPTIONS,
        submit_label="保存志愿",
    )


def picker(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        bound = WishForm(request.POST)
        if bound.is_valid():
            ranking = bound.cleaned_data["mentors"]
            messages.success(
                request, f"已保存 {' '.join(ranking.wishes)}，回避 {' '.join(ranking.avoid) or '无'}。"
            )
    else:
        bound = WishForm(initial={"mentors": Ranking(("T03",), ())})
    return render(request, "gallery/picker.html", {"form": bound} | shell())


ROWS = [
    {
        "name": f"{SURNAMES[n % 20]}{'一诺思远沐阳锦程'[n % 7 : n % 7 + 2]}",
        "group": f"高二({n % 9 + 1})班",
        "mentor": f"{SURNAMES[n % 7]}老师",
        "talks": n % 5,
        "state": ["有导师", "待匹配", "需留意"][n % 3],
    }
    for n in range(60)
]


class StudentTable(Table):
    name = tables.Column("姓名", linkify=lambda record: "/")
    group = tables.Column("班级")
    mentor = tables.Column("导师")
    talks = NumberColumn(verbose_name="谈话次数")
    state = StateColumn(verbose_name="状态", tones={"有导师": "good", "待匹配": "info", "需留意": "warn"})


class StudentFilters(forms.Form):
    """Stands where a FilterSet's form stands, so that the gallery needs no database."""

    group = forms.CharField(label="班级", required=False)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), *((s, s) for s in ("有导师", "待匹配", "需留意"))],
    )


def students(request: HttpRequest) -> HttpResponse:
    wanted = {k: v for k, v in request.GET.items() if k in ("group", "state") and v}
    rows = [row for row in ROWS if all(v in str(row[k]) for k, v in wanted.items())]
    table = StudentTable(rows)
    context = {"table": arrange(request, table), "filter": SimpleNamespace(form=StudentFilters(request.GET))}
    return render(request, "gallery/list.html", context | shell(office=True))


def charts(request: HttpRequest) -> HttpResponse:
    schools = ["示范市第一高级中学", "示范中学", "师范大学附属中学", "启明中学（民办）"]
    bars = Chart(
        "cover",
        "各校有导师的学生",
        schools,
        [Series("比例", [99.6, 97, None, 88.5])],
        unit="%",
        horizontal=True,
    )
    weeks = [f"第 {n} 周" for n in range(1, 9)]
    line = Chart(
        "weeks",
        "每周记录",
        weeks,
        [Series("谈话", [8, 14, 12, 20, 18, 24, 19, 22]), Series("家访", [1, 3, 2, 6, 4, 5, 7, 6])],
        kind="line",
        unit="次",
    )
    wheel = Wheel(
        ("上学期", "本学期"),
        (
            Spoke("思想引导", (1, 0)),
            Spoke("学业辅导", (5, 6)),
            Spoke("心理疏导", (0, 1), wanted=True),
            Spoke("生活指导", (2, 0)),
            Spoke("生涯向导", (0, 0), wanted=True),
        ),
    )
    context = {"bars": bars, "line": line, "wheel": wheel}
    return render(request, "gallery/charts.html", context | shell(office=True))


class VoidForm(forms.Form):
    reason = forms.CharField(label="作废的理由", help_text="留在记录里。")


def one_form(request: HttpRequest) -> HttpResponse:
    bound = VoidForm(request.POST or None)

    def void() -> None:
        if "重复" not in bound.cleaned_data["reason"]:
            raise DomainError("too_short", "请写得具体一些。", field="reason")

    if accept(request, bound, void, "已作废。"):
        return redirect("/")
    if "bare" in request.GET:
        return form_page(request, bound, title="登记", verb="保存", back="/")
    if "muted" in request.GET:
        return form_page(
            request, bound, title="登记", verb="保存", back="/", note="只有自己看得到。", tone="muted"
        )
    return form_page(
        request,
        bound,
        title="作废这条登记",
        verb="作废",
        back="/",
        back_label="首页",
        sub="王一诺 · 高二(3)班",
        note="作废后不能恢复。",
        tone="warn",
        danger=True,
        undo=("不再暂缓", "/"),
    )


def confirm(request: HttpRequest) -> HttpResponse:
    question = Confirm(
        "公布这一轮的结果？",
        "公布后，学生、导师、家长和班主任同时看到自己的结果。",
        "公布结果",
        "/confirm",
        "/",
        facts=[
            ("598", "名学生看到自己的导师"),
            ("48", "位导师看到自己的学生"),
            ("2", "名学生这一轮没有导师"),
        ],
        undo="公布后不能撤回；个别调整走变更。",
        danger=True,
        hidden={"round": "7"},
    )
    return confirm_page(request, question)


def progress(request: HttpRequest) -> HttpResponse:
    seen = int(request.GET.get("seen", 0))
    done = seen >= 2
    job = Progress(
        "48 位导师、600 名学生，结果已经验证。" if done else f"正在匹配：已处理 {seen * 300} 名学生",
        f"/progress?seen={seen + 1}",
        percent=seen * 50,
        done=done,
        next_url="/" if done else "",
    )
    return progress_page(request, job, title="计算匹配", back="/")


def plain(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/plain.html", {"form": SignInForm()})


class SignInForm(forms.Form):
    number = forms.CharField(label="账号", help_text="学校发的纸条上有。")
    password = forms.CharField(label="密码", widget=forms.PasswordInput)


def slips(request: HttpRequest) -> HttpResponse:
    people = [(row["name"], row["group"], f"{n:04}-DEMO") for n, row in enumerate(ROWS[:8])]
    return render(request, "gallery/slips.html", {"people": people})


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a bug, on purpose")


def refused(request: HttpRequest) -> HttpResponse:
    return render(request, "403.html", status=403)


handler500 = server_error
urlpatterns = [
    path("", home),
    path("form", form),
    path("picker", picker),
    path("list", students),
    path("charts", charts),
    path("form-page", one_form),
    path("confirm", confirm),
    path("progress", progress),
    path("plain", plain),
    path("slips", slips),
    path("broken", broken),
    path("refused", refused),
]
