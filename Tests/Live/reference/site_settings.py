"""The smallest Django site that runs django-pulse."""

import os
from urllib.parse import urlsplit

SECRET_KEY = "for tests on the loopback interface only"
ALLOWED_HOSTS = ["127.0.0.1"]
DEBUG = False
USE_TZ = True
ROOT_URLCONF = "site_urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# `tasks` comes first: django-pulse looks a table up in the order of the apps, and has an `Item` of its own.
INSTALLED_APPS = ["tasks", "django.contrib.contenttypes", "django.contrib.auth", "channels", "django_pulse"]

# A file for SQLite, or the URL of a PostgreSQL.
_database = os.environ["REFERENCE_DATABASE"]
if _database.startswith("postgresql://"):
    _url = urlsplit(_database)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": _url.hostname,
            "PORT": _url.port,
            "USER": _url.username,
            "NAME": _url.path[1:],
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": _database,
            # A transaction takes the write lock at once, and waits for it: HTTP requests run beside the WebSocket
            # consumers, and a lock asked for in mid-transaction would be refused, not waited for.
            "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
        }
    }

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [os.environ["REFERENCE_REDIS"]]},
    }
}
