from django.urls import URLPattern, path

from forums.views import contradictions, dictionary, journeys

app_name = "forums"
urlpatterns: list[URLPattern] = [
    path("contradictions/", contradictions.contradictions, name="contradictions"),
    path("contradictions/new/", contradictions.contradiction_new, name="contradiction_new"),
    path("contradictions/<int:pk>/", contradictions.contradiction, name="contradiction"),
    path("contradictions/<int:pk>/challenges/", contradictions.challenges, name="challenges"),
    path("contradictions/<int:pk>/positions/", contradictions.positions, name="positions"),
    path("contradictions/<int:pk>/false-alarm/", contradictions.false_alarm, name="false_alarm"),
    path("dictionary/", dictionary.entries, name="dictionary"),
    path("dictionary/<str:code>/", dictionary.measure, name="measure"),
    path("dictionary/<str:code>/figures/<str:period>/", dictionary.figure, name="figure"),
    path("journeys/", journeys.journeys, name="journeys"),
    path("journeys/<slug:code>/", journeys.journey, name="journey"),
]
