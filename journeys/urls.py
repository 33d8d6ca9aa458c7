from django.urls import URLPattern, path

from journeys.views import outlines

app_name = "journeys"
urlpatterns: list[URLPattern] = [
    path("outlines/", outlines.new_journey, name="new_journey"),
    path("outlines/<slug:code>/", outlines.outline, name="outline"),
    path("outlines/<slug:code>/stages/", outlines.stages, name="stages"),
    path("outlines/<slug:code>/stages/<int:pk>/", outlines.stage, name="stage"),
    path("outlines/<slug:code>/stages/<int:pk>/removal/", outlines.stage_removal, name="stage_removal"),
    path("outlines/<slug:code>/handoffs/", outlines.handoffs, name="handoffs"),
    path("outlines/<slug:code>/handoffs/<int:pk>/", outlines.handoff, name="handoff"),
    path("outlines/<slug:code>/handoffs/<int:pk>/removal/", outlines.handoff_removal, name="handoff_removal"),
]
