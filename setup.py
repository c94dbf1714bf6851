"""What pyproject.toml cannot say: the recognizer in assets/ becomes part of the installed package."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["projection*"]), "projection.e5_ner"],
    package_dir={"projection.e5_ner": "assets/e5-ner"},
    package_data={"projection.e5_ner": ["*"]},
)
