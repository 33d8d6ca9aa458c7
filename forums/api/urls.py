from django.urls import path

from forums.api import actions, agendas, charters, decisions, dictionary, meetings, questions, restatements, view

app_name = "api"
urlpatterns = [
    path("reconciled-view", view.ReconciledView.as_view(), name="view"),
    path("actions", actions.Actions.as_view(), name="actions"),
    path("actions/<int:pk>", actions.ActionOne.as_view(), name="action"),
    path("actions/<int:pk>/proof", actions.ActionProof.as_view(), name="action_proof"),
    path("actions/<int:pk>/verification", actions.ActionVerification.as_view(), name="action_verification"),
    path("actions/<int:pk>/return", actions.ActionReturn.as_view(), name="action_return"),
    path("decisions", decisions.Decisions.as_view(), name="decisions"),
    path("decisions/<int:pk>", decisions.DecisionOne.as_view(), name="decision"),
    path("meetings", meetings.Meetings.as_view(), name="meetings"),
    path("meetings/<int:pk>", meetings.MeetingOne.as_view(), name="meeting"),
    path("meetings/<int:pk>/minutes", meetings.MinutesOne.as_view(), name="minutes"),
    path("forums", charters.Forums.as_view(), name="forums"),
    path("forums/<slug:code>", charters.ForumOne.as_view(), name="forum"),
    path("forums/<slug:code>/charters", charters.Charters.as_view(), name="charters"),
    path("forums/<slug:code>/charters/<int:version>", charters.CharterOne.as_view(), name="charter"),
    *(
        path(f"forums/<slug:code>/charters/<int:version>/{noun}", view.as_view(), name=f"charter_{noun}")
        for noun, view in (
            ("approval", charters.CharterApproval),
            ("rejection", charters.CharterRejection),
            ("withdrawal", charters.CharterWithdrawal),
        )
    ),
    path("decision-rights", charters.DecisionRights.as_view(), name="decision_rights"),
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
    path("measures/<code:code>/lineage", dictionary.MeasureLineage.as_view(), name="lineage"),
    path(
        "measures/<code:code>/definitions/<int:version>/impact",
        dictionary.DefinitionImpact.as_view(),
        name="definition_impact",
    ),
    path("restatements", restatements.Restatements.as_view(), name="restatements"),
    path("restatements/<int:pk>", restatements.RestatementOne.as_view(), name="restatement"),
]
