"""The addresses of the templates of documents."""

from django.urls import path

from documents.views import articles, templates, versions

app_name = "documents"

_MODEL = "modeles/<slug:model>/"
_VERSION = f"{_MODEL}<int:number>/"
_ARTICLE = f"{_VERSION}articles/<slug:key>/"

urlpatterns = [
    path("modeles/", templates.TemplateListView.as_view(), name="templates"),
    path(_MODEL, templates.VersionsView.as_view(), name="versions"),
    path(_VERSION, versions.VersionView.as_view(), name="template"),
    path(f"{_VERSION}differences/", versions.DifferencesView.as_view(), name="template_differences"),
    path(f"{_VERSION}apercu.pdf", versions.PreviewPdfView.as_view(), name="preview_pdf"),
    path(f"{_VERSION}apercu/", articles.ArticlePreviewView.as_view(), name="preview_article"),
    path(f"{_VERSION}nouvel-article/", articles.ArticleFormView.as_view(), name="add_article"),
    path(_ARTICLE, articles.ArticleFormView.as_view(), name="edit_article"),
    path(f"{_ARTICLE}deplacer/", articles.MoveArticleView.as_view(), name="move_article"),
    path(f"{_ARTICLE}retirer/", articles.RemoveArticleView.as_view(), name="remove_article"),
]
