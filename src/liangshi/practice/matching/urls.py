from django.urls import path

from liangshi.practice.matching.views import compare, office, result, students

app_name = "rounds"
urlpatterns = [
    path("", office.rounds, name="list"),
    path("new", office.new, name="new"),
    path("mine", students.mine, name="mine"),
    path("mine/<uuid:pk>", students.my_round, name="my_round"),
    path("mine/<uuid:pk>/mentors", students.mentors, name="my_mentors"),
    path("mine/<uuid:pk>/wishes", students.wishes, name="my_wishes"),
    path("mine/<uuid:pk>/why", students.why, name="my_reasons"),
    path("<uuid:pk>", office.show, name="round"),
    path("<uuid:pk>/settings", office.settings, name="settings"),
    path("<uuid:pk>/deadline", office.deadline, name="deadline"),
    path("<uuid:pk>/mentors", office.mentors, name="mentors"),
    path("<uuid:pk>/mentors/<uuid:mentor>", office.quota, name="quota"),
    path("<uuid:pk>/refresh", office.refresh, name="refresh"),
    path("<uuid:pk>/feasibility", office.feasibility, name="feasibility"),
    path("<uuid:pk>/open", office.open_round, name="open"),
    path("<uuid:pk>/students", office.students, name="students"),
    path("<uuid:pk>/students/<uuid:student>/leave", office.drop, name="drop"),
    path("<uuid:pk>/students/<uuid:student>/wishes", office.correct, name="correct"),
    path("<uuid:pk>/close", office.close, name="close"),
    path("<uuid:pk>/void", office.void, name="void"),
    path("<uuid:pk>/run", result.run, name="run"),
    path("<uuid:pk>/progress", result.progress, name="progress"),
    path("<uuid:pk>/result", result.by_student, name="result"),
    path("<uuid:pk>/result/mentors", result.by_mentor, name="loads"),
    path("<uuid:pk>/compare", compare.show, name="compare"),
    path("<uuid:pk>/compare/start", compare.start, name="compare_start"),
    path("<uuid:pk>/compare/<str:aim>", compare.choose, name="choose_aim"),
    path("<uuid:pk>/publish", result.publish, name="publish"),
    path("<uuid:pk>/rules", result.rules, name="rules"),
]
