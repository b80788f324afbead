"""Every setting there is, and where it comes from: defaults < user file < repository file < environment < flags.

The repository's own ``.beai.toml`` may set taste only, never where text is sent, with which key, or what is started.
"""

from beai.core.settings.access import Access as Access
from beai.core.settings.access import access_for as access_for
from beai.core.settings.loading import REPOSITORY_FILE as REPOSITORY_FILE
from beai.core.settings.loading import load as load
from beai.core.settings.loading import state_dir as state_dir
from beai.core.settings.loading import user_file as user_file
from beai.core.settings.value import FLAGS as FLAGS
from beai.core.settings.value import SAFE as SAFE
from beai.core.settings.value import TABLES as TABLES
from beai.core.settings.value import Settings as Settings
