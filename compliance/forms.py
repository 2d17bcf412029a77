"""Forms of the floor."""

from allauth.account.forms import LoginForm


class SignInForm(LoginForm):
    """E-mail and password; nothing is remembered on a shared computer."""
