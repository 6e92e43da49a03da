FROM python:3.13-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/venv/bin:$PATH DJANGO_SETTINGS_MODULE=ctai.settings.production
# Pango draws the PDF; Debian's security updates are wanted, hence no version.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app

FROM base AS build
RUN python -m venv /venv
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
# Only the static files matter here: no secret, no service.
RUN SECRET_KEY=build ALLOWED_HOSTS=localhost SITE_URL=https://localhost DATABASE_URL=postgres://localhost/build \
    REDIS_URL=redis://localhost EMAIL_URL=dummymail:// DEFAULT_FROM_EMAIL=build@localhost STORAGE_URL=/srv/ctai/media \
    STATIC_ROOT=/static python manage.py collectstatic --noinput --verbosity 0

FROM base
RUN useradd --system --uid 10001 --no-create-home ctai && install -d -o ctai /srv/ctai/media
COPY --from=build /venv /venv
COPY --from=build /static /static
COPY --from=build /app /app
ENV XDG_CACHE_HOME=/tmp STATIC_ROOT=/static STORAGE_URL=/srv/ctai/media
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "scripts/healthcheck.py"]
ENTRYPOINT ["scripts/container.sh"]
CMD ["web"]
