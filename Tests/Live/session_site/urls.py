"""Where users log in and out, and where the server asks about them."""

from django.contrib.auth import authenticate, login, logout
from django.http import HttpResponse
from django.urls import path

from pulse import pulse_session


def enter(request):
    user = authenticate(request, username=request.POST["username"], password=request.POST["password"])
    if user is None:
        return HttpResponse(status=403)
    login(request, user)
    if "seconds" in request.POST:
        request.session.set_expiry(int(request.POST["seconds"]))
    return HttpResponse()


def leave(request):
    logout(request)
    return HttpResponse()


urlpatterns = [path("login/", enter), path("logout/", leave), path("pulse/session/", pulse_session)]
