"""Static files under hashed names."""

from django.contrib.staticfiles.storage import HashedFilesMixin, ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

_MODULES = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # type: ignore[attr-defined]


class PortalStatic(CompressedManifestStaticFilesStorage):
    """Hashes the module imports of the portal's own scripts only: Django's switch for all fails on third-party comments."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("portal/*.js", _MODULES))


class PlainPortalStatic(ManifestStaticFilesStorage):
    """The same names without the compressed copies: on one's own machine they cost a start more than they spare."""

    patterns = PortalStatic.patterns
