from django.urls import path

from metrics.api import views
from metrics.api.documentation import documentation, schema

app_name = "api"
urlpatterns = [
    path("observation-batches", views.Batches.as_view(), name="batches"),
    path("observation-batches/<uuid:pk>", views.Batch.as_view(), name="batch"),
    path("observations", views.Observations.as_view(), name="observations"),
    path("readings", views.Readings.as_view(), name="readings"),
    path("measures", views.Measures.as_view(), name="measures"),
    path("measures/<code:code>/definitions", views.Definitions.as_view(), name="definitions"),
    path("sources", views.Sources.as_view(), name="sources"),
    path("functions", views.Functions.as_view(), name="functions"),
    path("journeys", views.Journeys.as_view(), name="journeys"),
    path("contradictions", views.Contradictions.as_view(), name="contradictions"),
    path("contradictions/<int:pk>", views.ContradictionOne.as_view(), name="contradiction"),
    path("schema", schema, name="schema"),
    path("docs", documentation, name="docs"),
]
