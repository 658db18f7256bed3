"""The one HTTP route."""

from django.urls import path

from control import control

urlpatterns = [path("control/", control)]
