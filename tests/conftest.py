"""What all tests share."""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

from config.stack import with_room

# Databases and CI machines are slow now and then; a deadline would only make tests fail by chance.
settings.register_profile(
    "project", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("project")

# Pages make objects by the ten thousand and drop them at once; looking for cycles as often as
# Python does unasked takes a tenth of the run. Much more seldom is slower again: what is looked
# through has left the processor's caches by then.
gc.set_threshold(20_000, 50, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    runner = item.config.pluginmanager.get_plugin("runner")
    return with_room(runner.pytest_runtest_protocol, item, nextitem)


@pytest.fixture(scope="session")
def django_db_modify_db_settings():
    """A test database of this run's own, so that two runs do not disturb each other."""
    from django.conf import settings as django_settings

    database = django_settings.DATABASES["default"]
    if database["ENGINE"].endswith("postgresql"):
        database["TEST"]["NAME"] = f"test_{database['NAME']}_{os.getpid()}"
    else:
        database["TEST"]["NAME"] = django_settings.VAR_DIR / f"test-{os.getpid()}.sqlite3"


@pytest.fixture(scope="session", autouse=True)
def static_files_are_looked_up():
    """WhiteNoise lists all static files when it starts, and every test client starts it anew."""
    from django.conf import settings as django_settings

    django_settings.WHITENOISE_AUTOREFRESH = True
    yield
    del django_settings.WHITENOISE_AUTOREFRESH


@pytest.fixture(scope="session", autouse=True)
def no_releases(tmp_path_factory):
    """Tests neither see nor change the releases of whoever runs them."""
    from django.test import override_settings

    with override_settings(RELEASES_DIR=tmp_path_factory.mktemp("releases")):
        yield


@pytest.fixture(autouse=True)
def in_english():
    """The test client leaves the language of its last page on; no test is to inherit it."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    """What one test made beside the records must not be in the counts of the next."""
    from cases import tally

    tally.forget()


@pytest.fixture
def superuser():
    """Somebody who may do everything; without a password, whose hashing takes its time."""
    from tests.people import make_person

    return make_person("superuser", "editor")


@pytest.fixture
def desk(client, superuser):
    """A browser at the desk of somebody who may do everything."""
    client.force_login(superuser)
    return client


@pytest.fixture
def say(monkeypatch):
    """Translates an English sentence for one test: `say("fa", "Published", "منتشر شد")`."""
    from django.utils.translation import trans_real

    def translate(language, english, translated):
        catalogue = trans_real.translation(language)._catalog
        monkeypatch.setitem(catalogue._catalogs[0], english, translated)

    return translate


@pytest.fixture(scope="session", autouse=True)
def pages_alone_are_recorded():
    """Django's test client keeps a copy of the context of every template; fields have one each."""
    from django.template.base import Template
    from django.test.signals import template_rendered

    def render(template, context):
        if not (template.name or "").startswith(("django/forms/", "admin/widgets/")):
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    original = Template._render
    Template._render = render
    yield
    Template._render = original


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """The real seeds, loaded once for a module that asks for them, and gone after it."""
    from django.conf import settings as django_settings

    from ingest.services import load_seeds
    from tests.keeping import kept

    with kept(django_db_blocker):
        load_seeds(django_settings.BASE_DIR / "seeds")
        yield
