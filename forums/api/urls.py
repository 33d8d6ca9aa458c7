from django.urls import path

from forums.api import views

app_name = "api"
urlpatterns = [
    path("restatements", views.Restatements.as_view(), name="restatements"),
    path("restatements/<int:pk>", views.RestatementOne.as_view(), name="restatement"),
]
