"""What pyproject.toml cannot say: the recognizer in assets/ becomes part of the installed package."""

from setuptools import find_namespace_packages, setup

setup(
    packages=[*find_namespace_packages(include=["projection*"]), "projection.e5_ner"],
    package_dir={"projection.e5_ner": "assets/e5-ner"},
)
