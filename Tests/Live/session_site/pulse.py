"""The view that the README shows."""

from django.http import HttpResponse, JsonResponse


def pulse_session(request):
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    teams = list(request.user.groups.values_list("pk", flat=True))
    ends = request.session.get_expiry_age()
    return JsonResponse({"user_id": request.user.pk, "groups": {"team": teams}, "expires_in": ends})
