"""The smallest Django site that runs django-pulse."""

import os

SECRET_KEY = "for tests on the loopback interface only"
ALLOWED_HOSTS = ["127.0.0.1"]
DEBUG = False
USE_TZ = True
ROOT_URLCONF = "site_urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# `tasks` comes first: django-pulse looks a table up in the order of the apps, and has an `Item` of its own.
INSTALLED_APPS = ["tasks", "django.contrib.contenttypes", "django.contrib.auth", "channels", "django_pulse"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["REFERENCE_DATABASE"],
        # A transaction takes the write lock at once, and waits for it: HTTP requests run beside the WebSocket consumers,
        # and a lock asked for in mid-transaction would be refused, not waited for.
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
    }
}

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [os.environ["REFERENCE_REDIS"]]},
    }
}
