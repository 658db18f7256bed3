"""What an application does to records on the server's side, for the tests to ask for.

POST `{"action": "create" | "soft-delete" | "hard-delete", "table": "task", "sync_id": "…", "fields": {…}}`."""

import json

from django.apps import apps
from django.http import JsonResponse


def control(request):
    """Does the action in the body; the signals of django-pulse see it as they would see any other code's."""
    body = json.loads(request.body)
    model = apps.get_model("tasks", body["table"])
    if body["action"] == "create":
        record = model.objects.create(sync_id=body["sync_id"], **body.get("fields", {}))
        return JsonResponse({"version": record.version})
    record = model.objects.get(sync_id=body["sync_id"])
    if body["action"] == "hard-delete":
        record.delete()
    elif body["action"] == "soft-delete":
        record.soft_delete()
    else:
        return JsonResponse({"error": f"unknown action {body['action']}"}, status=400)
    return JsonResponse({"version": record.version})
