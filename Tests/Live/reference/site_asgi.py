"""HTTP for the control channel, WebSocket for django-pulse."""

from django.core.asgi import get_asgi_application

http = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django_pulse.routing import websocket_urlpatterns  # noqa: E402
from site_auth import TokenAuthentication  # noqa: E402

application = ProtocolTypeRouter(
    {"http": http, "websocket": TokenAuthentication(URLRouter(websocket_urlpatterns))}
)
