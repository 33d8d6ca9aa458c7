from django.urls import URLPattern, path

from truthgov.views import appointments, audit, functions, mandate, people

app_name = "truthgov"
urlpatterns: list[URLPattern] = [
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/deactivation/", people.deactivation, name="deactivation"),
    path("people/<int:pk>/reactivation/", people.reactivation, name="reactivation"),
    path("appointments/new/", appointments.new_appointment, name="new_appointment"),
    path("appointments/<int:pk>/", appointments.appointment, name="appointment"),
    path("appointments/<int:pk>/confirmation/", appointments.confirmation, name="confirmation"),
    path("appointments/<int:pk>/refusal/", appointments.refusal, name="refusal"),
    path("appointments/<int:pk>/end/", appointments.end, name="end"),
    path("appointments/<int:pk>/deputies/", appointments.deputies, name="deputies"),
    path("functions/", functions.functions, name="functions"),
    path("mandate/", mandate.mandate, name="mandate"),
    path("audit/", audit.audit, name="audit"),
    path("audit/entries.csv", audit.sheet, name="audit_sheet"),
    path("audit/<int:number>/", audit.entry, name="entry"),
    path("audit/verification/", audit.verification_page, name="verification"),
]
