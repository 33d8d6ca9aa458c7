from django.urls import URLPattern

app_name = "truthgov"
urlpatterns: list[URLPattern] = []
