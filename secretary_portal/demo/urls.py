"""The portal's addresses, and two that no other settings have."""

from django.urls import path

from secretary_portal import urls as portal
from secretary_portal.demo import views

handler403, handler404, handler500 = portal.handler403, portal.handler404, portal.handler500

urlpatterns = [
    path("demo/sign-in/<str:secret>/", views.sign_in, name="demo_sign_in"),
    path("demo/mail/", views.mail, name="demo_mail"),
    *portal.urlpatterns,
]
