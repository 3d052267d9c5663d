"""What the tests of this room build broken packages with."""

import pytest
from package_parts import Maker


@pytest.fixture
def maker():
    return Maker
