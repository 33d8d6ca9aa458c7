from django.urls import path

from forums.api import agendas, questions, views

app_name = "api"
urlpatterns = [
    path("items/<int:pk>/motions", questions.Motions.as_view(), name="item_motions"),
    path("questions/<int:pk>", questions.QuestionOne.as_view(), name="question"),
    path("questions/<int:pk>/objections", questions.Objections.as_view(), name="question_objections"),
    path("questions/<int:pk>/votes", questions.Votes.as_view(), name="question_votes"),
    path("questions/<int:pk>/closing", questions.Closing.as_view(), name="question_closing"),
    path("questions/<int:pk>/withdrawal", questions.Withdrawal.as_view(), name="question_withdrawal"),
    path("questions/<int:pk>/decision", questions.QuestionDecision.as_view(), name="question_decision"),
    path("objections/<int:pk>/withdrawal", questions.ObjectionWithdrawal.as_view(), name="objection_withdrawal"),
    path("objections/<int:pk>/overruling", questions.ObjectionOverruling.as_view(), name="objection_overruling"),
    path("meetings/<int:pk>/agenda", agendas.Agenda.as_view(), name="agenda"),
    path("meetings/<int:pk>/publications", agendas.Publications.as_view(), name="publications"),
    path("meetings/<int:pk>/replies", agendas.Replies.as_view(), name="replies"),
    path("restatements", views.Restatements.as_view(), name="restatements"),
    path("restatements/<int:pk>", views.RestatementOne.as_view(), name="restatement"),
]
