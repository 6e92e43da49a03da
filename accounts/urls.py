"""The addresses of people and rights."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import access, assistance, delegations, logos, organisations, sign_in

app_name = "accounts"

urlpatterns = [
    path("connexion/", sign_in.SignIn.as_view(), name="login"),
    path("deconnexion/", LogoutView.as_view(), name="logout"),
    path("mot-de-passe/oublie/", sign_in.ForgottenPassword.as_view(), name="password_reset"),
    path("mot-de-passe/oublie/envoye/", sign_in.password_reset_done, name="password_reset_done"),
    path("mot-de-passe/choisir/<uidb64>/<token>/", sign_in.NewPassword.as_view(), name="password_confirm"),
    path("mot-de-passe/choisi/", sign_in.password_complete, name="password_complete"),
    path("compte/", sign_in.Account.as_view(), name="account"),
    path("compte/mot-de-passe/", sign_in.ChangePassword.as_view(), name="password_change"),
    path("sans-organisation/", sign_in.no_organisation, name="no_organisation"),
    path("demander-un-acces/", access.RequestAccess.as_view(), name="request_access"),
    path("demander-un-acces/envoyee/", access.request_sent, name="request_sent"),
    path("invitation/<str:token>/", access.AcceptInvitation.as_view(), name="invitation"),
    path("organisation/", organisations.Organisation.as_view(), name="organisation"),
    path("organisation/choisir/", sign_in.switch, name="switch"),
    path("organisation/modifier/", organisations.EditOrganisation.as_view(), name="organisation_edit"),
    path("organisation/logo/", logos.EditLogo.as_view(), name="logo"),
    path("organisation/logo/retirer/", logos.RemoveLogo.as_view(), name="logo_remove"),
    path("organisation/services/ajouter/", organisations.AddService.as_view(), name="service_add"),
    path("organisation/services/<int:pk>/", organisations.EditService.as_view(), name="service_edit"),
    path("organisation/services/<int:pk>/retirer/", organisations.RemoveService.as_view(), name="service_remove"),
    path("organisation/personnes/inviter/", organisations.Invite.as_view(), name="invite"),
    path("organisation/personnes/<int:pk>/", organisations.EditMember.as_view(), name="member_edit"),
    path("organisation/personnes/<int:pk>/gestion/", organisations.DelegatePeople.as_view(), name="member_delegate"),
    path("organisation/personnes/<int:pk>/retirer/", organisations.EndMember.as_view(), name="member_end"),
    path(
        "organisation/invitations/<int:pk>/renvoyer/",
        organisations.ResendInvitation.as_view(),
        name="invitation_resend",
    ),
    path(
        "organisation/invitations/<int:pk>/annuler/",
        organisations.RevokeInvitation.as_view(),
        name="invitation_revoke",
    ),
    path("organisation/demandes/", access.Requests.as_view(), name="requests"),
    path("organisation/demandes/<int:pk>/accepter/", access.AcceptRequest.as_view(), name="request_accept"),
    path("organisation/demandes/<int:pk>/refuser/", access.RefuseRequest.as_view(), name="request_refuse"),
    path("delegations/", delegations.Delegations.as_view(), name="delegations"),
    path("delegations/ajouter/", delegations.AddDelegation.as_view(), name="delegation_add"),
    path("delegations/<int:pk>/abroger/", delegations.RevokeDelegation.as_view(), name="delegation_revoke"),
    path("assistance/", assistance.Assistance.as_view(), name="assistance"),
    path("assistance/personnes/<int:pk>/", assistance.Person.as_view(), name="assistance_person"),
    path("assistance/personnes/<int:pk>/rattacher/", assistance.Attach.as_view(), name="assistance_attach"),
    path(
        "assistance/personnes/<int:pk>/detacher/<int:membership>/",
        assistance.Detach.as_view(),
        name="assistance_detach",
    ),
    path("assistance/personnes/<int:pk>/suspendre/", assistance.Suspend.as_view(), name="assistance_suspend"),
    path("assistance/personnes/<int:pk>/reactiver/", assistance.Reactivate.as_view(), name="assistance_reactivate"),
]
