"""Who is connecting, by `?token=N`."""

from urllib.parse import parse_qs


class TokenAuthentication:
    """Puts the user with id N into the scope for `?token=N`, an anonymous one for anything else.

    The user is not in the database: nothing in the site refers to it but by number."""

    def __init__(self, application):
        self.application = application

    async def __call__(self, scope, receive, send):
        from django.contrib.auth.models import AnonymousUser, User

        token = parse_qs(scope["query_string"].decode()).get("token", [""])[0]
        is_id = token.isascii() and token.isdigit() and int(token) > 0
        user = User(id=int(token), username=f"user {token}") if is_id else AnonymousUser()
        return await self.application({**scope, "user": user}, receive, send)
