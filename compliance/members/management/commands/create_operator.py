"""`manage.py create_operator`: the first operator, on the command line."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from compliance.members.services.operators import create_operator


class Command(BaseCommand):
    """Asks for what is not given. The password is asked for, or read from standard input where that is no terminal; never an argument,
    since arguments stand in the list of processes."""

    help = "Create an operator of this installation, or make an existing user one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Address and name."""
        parser.add_argument("--email")
        parser.add_argument("--name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the operator."""
        email = options["email"] or input("E-mail address: ")
        name = options["name"] or input("Name: ")
        password = getpass.getpass("Password (at least 12 characters): ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            user = create_operator(email=email, name=name, password=password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user.email} is an operator of this installation.")
